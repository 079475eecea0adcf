package cli

import (
	"fmt"
	"io"
	"sync"
	"time"

	"rollcall/internal/apply"
	"rollcall/internal/httpx"
	"rollcall/internal/plan"
	"rollcall/internal/progress"
)

const (
	notableWait = time.Second      // a wait that a reader of events would wonder about
	longWait    = 5 * time.Second  // a wait that is worth a line where there is no terminal
	waitEvery   = 30 * time.Second // between two such lines of one reason
)

// teller tells on standard error how a run that takes its time is getting on: by a line that changes, on a terminal alone.
// Where there is none, long waits are told, so that a log explains its gaps. It is safe for concurrent use. A nil teller
// says nothing.
type teller struct {
	line *progress.Line // nil: there is no terminal, or a log in its place
	to   io.Writer
	now  func() time.Time

	mu   sync.Mutex
	told map[progress.Why]time.Time // when a wait was told last
}

// newTeller returns what tells of a run, and the world in which everything else that is written gives way to it.
func newTeller(env Env, o *options) (*teller, Env) {
	if o.quiet {
		return nil, env
	}
	t := &teller{now: env.Now, told: make(map[progress.Why]time.Time)}
	// The log of requests is progress enough, and a line that changes would be lost in it.
	if o.verbose || !env.Stderr.Terminal() || env.Getenv("TERM") == "dumb" {
		env.Stderr.Writer = &inTurn{to: env.Stderr.Writer}
		t.to = env.Stderr
		return t, env
	}
	t.line = progress.New(env.Stderr, env.Stderr.Columns, o.colored(env, env.Stderr))
	env.Stderr.Writer = t.line.Over(env.Stderr.Writer)
	if env.Stdout.Terminal() {
		env.Stdout.Writer = t.line.Over(env.Stdout.Writer)
	}
	t.to = env.Stderr
	return t, env
}

// inTurn is a writer for several goroutines: the log of requests and the waits between them share standard error.
type inTurn struct {
	mu sync.Mutex
	to io.Writer
}

func (w *inTurn) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.to.Write(p)
}

// begin starts a part of the run. total is the number of its actions, 0 if it has none.
func (t *teller) begin(phase progress.Phase, total int) {
	if t != nil {
		t.line.Begin(phase, total)
	}
}

// rest ends the part: what is written next is the result, or a question.
func (t *teller) rest() {
	if t != nil {
		t.line.Rest()
	}
}

// say writes a line of its own.
func (t *teller) say(text string) {
	if t != nil {
		fmt.Fprintln(t.to, text)
	}
}

// request counts a request. It is called from any goroutine.
func (t *teller) request(httpx.Event) {
	if t != nil {
		t.line.Request()
	}
}

// read says how much of a list was read. It is called from any goroutine.
func (t *teller) read(list string, soFar int) {
	if t != nil {
		t.line.Read(list, soFar)
	}
}

// wait tells of a wait before a request.
func (t *teller) wait(w httpx.Wait) {
	if t == nil {
		return
	}
	told := progress.Wait{Why: whyWaiting(w.Why), Status: w.Status, For: w.For}
	if t.line != nil {
		t.line.Wait(told)
		return
	}
	if w.For < longWait {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if now := t.now(); now.Sub(t.told[told.Why]) >= waitEvery {
		t.told[told.Why] = now
		fmt.Fprintln(t.to, told.Text(w.For))
	}
}

func whyWaiting(why httpx.Reason) progress.Why {
	switch why {
	case httpx.WaitWindow:
		return progress.Asked
	case httpx.WaitRetry:
		return progress.Again
	}
	return progress.Paced
}

// ActionStarted, ActionEnded and FinalReadStarted make it an apply.Observer.
func (t *teller) ActionStarted(plan.Action) {}

// ActionEnded counts an action. What is not run any more is no step forward.
func (t *teller) ActionEnded(o apply.Outcome) {
	if t != nil && o.Status != apply.NotRun {
		t.line.Ended(o.Status == apply.Failed)
	}
}

// FinalReadStarted says that the actions are over.
func (t *teller) FinalReadStarted() { t.begin(progress.FinalRead, 0) }
