package httpx

import (
	"fmt"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Pace is how fast requests may be sent: PerMinute in the long run after a Burst. A zero PerMinute is unpaced.
type Pace struct {
	PerMinute int
	Burst     int
}

// pacer is what all workers of a client wait for before they send: the gate, which an answer shuts for everybody, and
// the limiter. The gate stands on both sides of the limiter, since it may be shut while a worker waits for its turn.
//
//	worker ──> gate ──> limiter ──> gate ──> send
type pacer struct {
	limiter *rate.Limiter
	maxWait time.Duration // a window that is open longer is not waited for

	mu     sync.Mutex
	until  time.Time // nothing is sent before
	status int       // of the answer that says so
	spent  string    // the span whose allowance it says is used up; "": none
}

// windowError says that the host asked to be left alone for longer than anybody wants to wait.
type windowError struct {
	left, most time.Duration
	spent      string
}

func (e *windowError) Error() string {
	return fmt.Sprintf("host asks for no requests for %s more, and %s at the most are waited for", e.left.Round(time.Second), e.most)
}

// pauseFunc waits, or returns why it does not. A wait of 0 only says whether waiting is over. What it waits for a request of
// need not be said.
type pauseFunc func(Wait) error

func newPacer(p Pace, maxWait time.Duration) *pacer {
	limiter := rate.NewLimiter(rate.Inf, 0)
	if p.PerMinute > 0 {
		limiter = rate.NewLimiter(rate.Limit(float64(p.PerMinute)/60), max(1, p.Burst))
	}
	return &pacer{limiter: limiter, maxWait: maxWait}
}

// turn waits until a request may be sent. It returns what pause does if that ends first, and a *windowError if a window is
// open for too long.
func (p *pacer) turn(pause pauseFunc) error {
	if err := p.gate(pause); err != nil {
		return err
	}
	// Not limiter.Wait: it fails at once if the context ends before the turn comes, and does not tell how long it waits.
	r := p.limiter.Reserve()
	if err := pause(Wait{Why: WaitPace, For: r.Delay()}); err != nil {
		r.Cancel()
		return err
	}
	return p.gate(pause)
}

// gate waits until no window is open any more. Nothing is ever sent inside one.
func (p *pacer) gate(pause pauseFunc) error {
	for {
		p.mu.Lock()
		wait, status, spent := time.Until(p.until), p.status, p.spent
		p.mu.Unlock()
		if wait > p.maxWait {
			return &windowError{left: wait, most: p.maxWait, spent: spent}
		}
		if err := pause(Wait{Why: WaitWindow, Status: status, For: wait}); err != nil || wait <= 0 {
			return err
		}
	}
}

// shut keeps everybody from sending for d, because of an answer with that status, which says that the allowance of a span
// is spent. A longer window that is open already stays.
func (p *pacer) shut(d time.Duration, status int, spent string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if until := time.Now().Add(d); until.After(p.until) {
		p.until, p.status, p.spent = until, status, spent
	}
}

// slow lowers the pace to half of limit, in requests a minute: the other half is for everybody else who shares it. A pace
// that is lower already stays.
func (p *pacer) slow(limit int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	half := rate.Limit(float64(limit) / 2 / 60)
	if half >= p.limiter.Limit() {
		return
	}
	burst := max(1, limit/8)
	if p.limiter.Limit() != rate.Inf {
		burst = min(burst, p.limiter.Burst())
	}
	p.limiter.SetLimit(half)
	p.limiter.SetBurst(burst)
}
