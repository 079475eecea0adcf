package testrailsim

import (
	"time"

	"rollcall/internal/sim/wire"
)

// gate answers for the whole instance before anybody asks who calls: maintenance first, then the rate limit, which
// even the login request meets (ISSUE). A burst of the whole limit passes at once, as on Cloud. nil lets the request pass.
func (s *Server) gate(now time.Time) *wire.Reply {
	if s.first.IsZero() {
		s.first = now
	}
	sw := &s.Switches
	if left, ok := sw.Maintenance.covers(now.Sub(s.first)); ok {
		if !sw.MaintenanceAfter {
			left = 0
		}
		return maintenanceReply(left, sw.PlainJSON)
	}
	if sw.RateLimit > 0 {
		if _, wait, ok := s.rate.Take(now, sw.RateLimit, time.Minute); !ok {
			a := rateReply(sw.RateLimit, wait, sw.PlainJSON)
			if !sw.RateHeaderless {
				a.After(wait)
			}
			return a
		}
	}
	return nil
}
