package progress

import (
	"fmt"
	"time"
)

// A run begins with a burst, keeps to a pace after it, and stands still while the tool asks to be left alone. What is said
// of its end is honest only of the pace: once there was time for the burst to be over, and of the last while alone.
const (
	burstOver = 30 * time.Second // of a phase; nothing is said before
	window    = 20 * time.Second // that the speed is measured over
	leastSpan = 15 * time.Second // of the window that has to be known
	leastDone = 3                // in the window
)

// speed knows how much was done when, in the last while.
type speed struct{ samples []sample }

type sample struct {
	at   time.Time
	done int
}

// sample notes how much is done, unless the run stands still because it was asked to: then what was measured is no word on
// what comes.
func (s *state) sample(now time.Time) {
	if s.total == 0 || s.waits[Asked].until.After(now) {
		s.speed.samples = nil
		return
	}
	recent := make([]sample, 0, len(s.speed.samples)+1) // not in place: who draws looks at a copy
	for _, one := range s.speed.samples {
		if now.Sub(one.at) <= window {
			recent = append(recent, one)
		}
	}
	s.speed.samples = append(recent, sample{now, s.done})
}

// left says about how long it will take still, or nothing if nobody can know.
func (s *state) left(now time.Time) string {
	known := s.speed.samples
	if len(known) == 0 || now.Sub(s.began) < burstOver {
		return ""
	}
	took, did := now.Sub(known[0].at), s.done-known[0].done
	if took < leastSpan || did < leastDone || s.done >= s.total {
		return ""
	}
	seconds := int(took.Seconds() * float64(s.total-s.done) / float64(did))
	switch minutes := (seconds + 59) / 60; {
	case seconds <= 50:
		return fmt.Sprintf("about %d s left", max((seconds+9)/10*10, 10))
	case minutes < 60:
		return fmt.Sprintf("about %d min left", minutes)
	default:
		return fmt.Sprintf("about %s h left", thousands((minutes+59)/60))
	}
}
