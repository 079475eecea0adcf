package fault

import "time"

// Late holds the writes that were answered with an error and take place later. The zero value holds none.
type Late struct {
	served int
	writes []lateWrite
}

type lateWrite struct {
	due    int // value of served
	commit func()
}

// Postpone lets the write take place just before the f.Requests-th request from now, the second if that is 0.
func (l *Late) Postpone(f Fault, commit func()) {
	n := f.Requests
	if n < 1 {
		n = 2
	}
	l.writes = append(l.writes, lateWrite{due: l.served + n, commit: commit})
}

// Arrive counts a request and lets the writes take place that are due before it.
func (l *Late) Arrive() {
	l.served++
	var rest []lateWrite
	for _, w := range l.writes {
		if w.due > l.served {
			rest = append(rest, w)
			continue
		}
		w.commit()
	}
	l.writes = rest
}

// Allowance counts requests against a limit in a span of time, which begins with the first request and again with the
// first one after its end: a burst of the whole limit passes at once. The zero value has seen none.
type Allowance struct {
	start time.Time
	count int
}

// Take counts a request against the limit, and returns how many are left. Refused ones do not count: for them it
// returns how long the span still lasts.
func (a *Allowance) Take(now time.Time, limit int, span time.Duration) (left int, wait time.Duration, ok bool) {
	if a.start.IsZero() || now.Sub(a.start) >= span {
		a.start, a.count = now, 0
	}
	if a.count < limit {
		a.count++
		return limit - a.count, 0, true
	}
	return 0, span - now.Sub(a.start), false
}
