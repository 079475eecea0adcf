package cli

import (
	"fmt"
	"sync"
	"time"

	"rollcall/internal/apply"
	"rollcall/internal/httpx"
	"rollcall/internal/plan"
)

const (
	progressAfter = time.Second            // a shorter run says nothing
	progressEvery = 100 * time.Millisecond // between two updates of the line
	longWait      = 5 * time.Second        // a wait that is worth a line where there is no terminal
	waitEvery     = 30 * time.Second       // between two such lines
)

// progress tells on standard error how a run that takes its time is getting on: one line that changes, on a terminal
// alone. Where there is none, long waits for the rate limit are told, so that a log explains its gaps. It is safe for
// concurrent use. A nil progress says nothing.
type progress struct {
	to   Output
	now  func() time.Time
	mu   sync.Mutex
	what string // "reading" or "applying"

	started  time.Time
	told     time.Time // when the line changed last, or the last wait was told
	shown    bool      // a line stands there
	requests int
	done     int
	total    int
}

func newProgress(env Env, o *options) *progress {
	if o.quiet {
		return nil
	}
	to := env.Stderr
	if o.verbose {
		to.Width = 0 // the log of requests is progress enough, and a line that changes would be lost in it
	}
	return &progress{to: to, now: env.Now, started: env.Now()}
}

// begin starts a part of the run. total is the number of its actions, 0 if it has none.
func (p *progress) begin(what string, total int) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.what, p.done, p.total, p.started = what, 0, total, p.now()
}

// request counts a request. It is called from any goroutine.
func (p *progress) request(httpx.Event) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.requests++
	p.update("")
}

// wait tells of a wait before a request.
func (p *progress) wait(w httpx.Wait) {
	d := w.For
	if p == nil || d < progressAfter {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	text := fmt.Sprintf("waiting %s before the next request: a limit, or a try that went wrong", d.Round(time.Second))
	if p.to.Terminal() {
		p.told = time.Time{}
		p.update(" · " + text)
		return
	}
	if now := p.now(); d >= longWait && now.Sub(p.told) >= waitEvery {
		p.told = now
		fmt.Fprintln(p.to, text)
	}
}

// say writes a line of its own.
func (p *progress) say(text string) {
	if p == nil {
		return
	}
	p.clear()
	p.mu.Lock()
	defer p.mu.Unlock()
	fmt.Fprintln(p.to, text)
}

// update writes the line, if it is time. p.mu must be held.
func (p *progress) update(more string) {
	now := p.now()
	if !p.to.Terminal() || now.Sub(p.started) < progressAfter && more == "" || now.Sub(p.told) < progressEvery {
		return
	}
	p.told, p.shown = now, true
	line := p.what
	if p.total > 0 {
		line += fmt.Sprintf(" %d of %d", p.done, p.total)
	}
	line += fmt.Sprintf(" · %d requests%s", p.requests, more)
	if most := p.to.Width - 1; len(line) > most {
		line = string([]rune(line)[:min(most, len([]rune(line)))])
	}
	fmt.Fprint(p.to, "\r\x1b[K", line)
}

// clear takes the line away, so that something else can be written.
func (p *progress) clear() {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.shown {
		fmt.Fprint(p.to, "\r\x1b[K")
		p.shown = false
	}
}

// ActionStarted, ActionEnded and FinalReadStarted make it an apply.Observer.
func (p *progress) ActionStarted(plan.Action) {}

// ActionEnded counts an action.
func (p *progress) ActionEnded(apply.Outcome) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done++
	p.update("")
}

// FinalReadStarted says that the actions are over.
func (p *progress) FinalReadStarted() { p.begin("looking at the result", 0) }
