package cli

import (
	"io"
	"sync"
	"time"

	"rollcall/internal/apply"
	"rollcall/internal/httpx"
	"rollcall/internal/plan"
	"rollcall/internal/render"
)

// events tells on standard output what happens in a run, as it happens: one line of JSON an event, see render.Events. It is
// safe for concurrent use. A nil events says nothing.
type events struct {
	now   func() time.Time
	mu    sync.Mutex
	to    *render.Events
	lines *lineQueue
}

// beginEvents starts the events of a run.
func beginEvents(to io.Writer, now func() time.Time, run apply.RunInfo, p *plan.Plan) *events {
	lines := newLineQueue(to)
	e := &events{now: now, to: render.NewEvents(lines), lines: lines}
	run.Started = now()
	e.to.RunStarted(run, p.Summary)
	e.to.Ground(p.Manual, p.Notes, p.Guards)
	return e
}

// end writes the end of the run, and returns when everything is written.
func (e *events) end(r *apply.Report) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	_ = e.to.RunFinished(r) // a queue takes everything: its own error says what became of it
	return e.lines.close()
}

// ActionStarted, ActionEnded and FinalReadStarted make it an apply.Observer.
func (e *events) ActionStarted(a plan.Action) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.to.ActionStarted(a, e.now())
}

// ActionEnded tells what became of an action.
func (e *events) ActionEnded(o apply.Outcome) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.to.ActionEnded(o)
}

// FinalReadStarted says that the actions are over.
func (e *events) FinalReadStarted() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.to.FinalReadStarted(e.now())
}

// wait tells of a wait before a request that a reader would wonder about.
func (e *events) wait(w httpx.Wait) {
	if e == nil || w.For < notableWait {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.to.Waiting(e.now(), w.For.Seconds(), string(w.Why))
}

// observers tells each of several what happens.
type observers []apply.Observer

// ActionStarted, ActionEnded and FinalReadStarted make it an apply.Observer.
func (all observers) ActionStarted(a plan.Action) {
	for _, o := range all {
		o.ActionStarted(a)
	}
}

// ActionEnded tells each of the end of an action.
func (all observers) ActionEnded(outcome apply.Outcome) {
	for _, o := range all {
		o.ActionEnded(outcome)
	}
}

// FinalReadStarted tells each that the actions are over.
func (all observers) FinalReadStarted() {
	for _, o := range all {
		o.FinalReadStarted()
	}
}

// lineQueue writes lines behind the back of whoever hands them over, so that a reader who pauses, such as a pager, does not
// stop a run half way. Each line is one write. It has no limit: the events of a run take as much room as its report.
type lineQueue struct {
	mu     sync.Mutex
	lines  [][]byte
	closed bool
	wake   chan struct{} // holds one word: there are lines
	done   chan struct{} // closed when all are written
	err    error         // the first one; to be read when done is closed
}

func newLineQueue(to io.Writer) *lineQueue {
	q := &lineQueue{wake: make(chan struct{}, 1), done: make(chan struct{})}
	go q.drain(to)
	return q
}

// Write takes a line. It never fails and keeps nothing of p.
func (q *lineQueue) Write(p []byte) (int, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.closed {
		q.lines = append(q.lines, append([]byte(nil), p...))
		select {
		case q.wake <- struct{}{}:
		default: // it was said already
		}
	}
	return len(p), nil
}

// close waits until all lines are written, and returns why one was not. What comes later is lost.
func (q *lineQueue) close() error {
	q.mu.Lock()
	if !q.closed {
		q.closed = true
		close(q.wake)
	}
	q.mu.Unlock()
	<-q.done
	return q.err
}

func (q *lineQueue) drain(to io.Writer) {
	defer close(q.done)
	for range q.wake {
		q.mu.Lock()
		lines := q.lines
		q.lines = nil
		q.mu.Unlock()
		for _, line := range lines {
			if q.err == nil {
				_, q.err = to.Write(line)
			}
		}
	}
}
