package render

import (
	"strconv"

	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

// htmlSeats is the seats as bars, each a share of the widest. The same numbers stand beside them as text.
type htmlSeats struct {
	Bars    []htmlBar
	Limit   string // where the limit stands, as "97.62%"
	Reserve string // where the reserve begins; empty if the plan does not say
	Text    visible
	Tone    string
}

type htmlBar struct {
	Label visible
	Class string
	Wide  string
	Value visible
}

// seats returns the bars, or nil where the roster names no limit. after is what the second one is called.
func seats(s *plan.Summary, guards []plan.GuardResult, after visible) *htmlSeats {
	if s.SeatLimit <= 0 {
		return nil
	}
	whole := max(s.SeatLimit, s.SeatsBefore, s.SeatsAfter)
	share := func(n int) string { return strconv.FormatFloat(100*float64(n)/float64(whole), 'f', 2, 64) + "%" }
	bars := &htmlSeats{
		Limit: share(s.SeatLimit),
		Bars: []htmlBar{
			{"now", "now", share(s.SeatsBefore), number(s.SeatsBefore)},
			{after, "after", share(s.SeatsAfter), number(s.SeatsAfter)},
		},
	}
	reserve := reserveOf(s, guards)
	if reserve > 0 {
		bars.Reserve = share(s.SeatLimit - reserve)
	}
	free := s.SeatLimit - s.SeatsAfter
	switch {
	case free < 0:
		bars.Tone, bars.Text = tone(alarm), number(-free)+" more than the limit of "+number(s.SeatLimit)
	case free < reserve:
		bars.Tone, bars.Text = tone(caution), number(free)+" free of the limit of "+number(s.SeatLimit)
	default:
		bars.Tone, bars.Text = tone(plain), number(free)+" free of the limit of "+number(s.SeatLimit)
	}
	if reserve > 0 {
		bars.Text += ", " + number(reserve) + " kept in reserve (from the dashed line)"
	}
	return bars
}

// reserveOf returns the seats in reserve. A plan holds them only where a guard looked at the seats: its limit is what may
// be taken without them.
func reserveOf(s *plan.Summary, guards []plan.GuardResult) int {
	for i := range guards {
		if g := &guards[i]; g.Guard == directory.GuardSeats && g.Limit >= 0 && g.Limit < s.SeatLimit {
			return s.SeatLimit - g.Limit
		}
	}
	return 0
}
