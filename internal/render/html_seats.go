package render

import (
	"strconv"

	"rollcall/internal/plan"
)

// htmlSeats is the seats as bars, each a share of the widest. The same numbers stand beside them as text.
type htmlSeats struct {
	Bars    []htmlBar
	Limit   string // where the limit stands, as "97.62%"
	Reserve string // where the reserve begins; empty if there is none
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
func seats(s *plan.Summary, after visible) *htmlSeats {
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
	reserve := s.SeatReserve
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
