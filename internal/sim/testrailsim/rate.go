package testrailsim

import (
	"fmt"
	"strconv"
	"time"
)

// window of the rate limit: it begins with the first request and again with the first one after its end, so that a
// burst of the whole limit passes at once, as on Cloud.
type rateWindow struct {
	start time.Time
	count int
}

// take counts a request against the limit. Refused ones do not count. It returns the time until the window ends.
func (w *rateWindow) take(now time.Time, limit int) (wait time.Duration, ok bool) {
	if w.start.IsZero() || now.Sub(w.start) >= time.Minute {
		w.start, w.count = now, 0
	}
	if w.count < limit {
		w.count++
		return 0, true
	}
	return time.Minute - now.Sub(w.start), false
}

// gate answers for the whole instance before anybody asks who calls: maintenance first, then the rate limit, which
// even the login request meets (ISSUE). nil lets the request pass.
func (s *Server) gate(now time.Time) *reply {
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
		if wait, ok := s.rate.take(now, sw.RateLimit); !ok {
			return rateReply(sw.RateLimit, wait, !sw.RateHeaderless, sw.PlainJSON)
		}
	}
	return nil
}

// maintenanceReply is the 409 of the daily maintenance (DOC for the status, GUESS for the text).
func maintenanceReply(after time.Duration, plain bool) *reply {
	r := errorReply(refusal{409, "TestRail is currently undergoing maintenance."}, plain)
	if after > 0 {
		r.retryAfter = strconv.Itoa(seconds(after))
	}
	return r
}

// rateReply is the 429 (LIVE).
func rateReply(limit int, wait time.Duration, header, plain bool) *reply {
	text := fmt.Sprintf("API Rate Limit Exceeded - %d per minute maximum allowed. Retry after %d seconds.", limit, seconds(wait))
	r := errorReply(refusal{429, text}, plain)
	if header {
		r.retryAfter = strconv.Itoa(seconds(wait))
	}
	return r
}

// seconds rounds up: a client that waits as told must not come too early.
func seconds(d time.Duration) int { return int((d + time.Second - 1) / time.Second) }
