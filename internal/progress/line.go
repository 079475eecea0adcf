// Package progress tells a terminal how a run is getting on: one line that changes, and goes away before anything else is
// written. It must not decide anything, nor keep a run waiting, nor fail it.
//
//	line.go    when the line is drawn, and what it gives way to
//	words.go   what it says
package progress

import (
	"io"
	"strings"
	"sync"
	"time"

	"github.com/cheggaaa/pb/v3"
)

const (
	showAfter = time.Second            // what takes less says nothing
	drawEvery = 200 * time.Millisecond // a second is seen to pass, and a terminal far away keeps up

	narrowest = 20  // columns of a terminal that a line is drawn on
	widest    = 100 // columns of a line: a bar across a wide screen says no more
	echoed    = 2   // columns that a terminal writes behind the line on Ctrl-C
)

// Line is the line. It is safe for concurrent use. A nil Line says nothing.
//
// What happens is counted under mu, and what is written is written under out: whoever pauses a terminal, as Ctrl-S does,
// keeps the line waiting, and the run goes on.
type Line struct {
	to    io.Writer
	width func() int
	color bool

	out   sync.Mutex // held while something is written; before mu, never after it
	drawn string     // what stands there; "": nothing

	mu    sync.Mutex
	state state
	timer *time.Timer // draws; nil while nothing is going on
	open  bool        // what was written last did not end its line, as a question: nothing is drawn over it
}

// New returns a line on a terminal. width returns the columns that the terminal has now.
func New(to io.Writer, width func() int, color bool) *Line {
	return &Line{to: to, width: width, color: color}
}

// Begin starts a part of the run. total is how much of it there is to do, 0 if nobody knows.
func (l *Line) Begin(p Phase, total int) {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.open = false
	l.state.begin(p, total, time.Now())
	if l.timer == nil {
		l.timer = time.AfterFunc(showAfter, l.tick)
	}
}

// Rest takes the line away until the next Begin.
func (l *Line) Rest() {
	if l == nil {
		return
	}
	l.mu.Lock()
	l.state.phase = ""
	if l.timer != nil {
		l.timer.Stop()
		l.timer = nil
	}
	l.mu.Unlock()
	l.out.Lock() // whoever draws has seen the phase before, or will see that there is none
	defer l.out.Unlock()
	l.wipe()
}

// Request counts a request.
func (l *Line) Request() { l.change(func(s *state) { s.requests++ }) }

// Read says how many items of a list were read so far.
func (l *Line) Read(list string, soFar int) { l.change(func(s *state) { s.read(list, soFar) }) }

// Ended counts something that was to be done, and whether it failed.
func (l *Line) Ended(failed bool) {
	l.change(func(s *state) {
		s.done++
		if failed {
			s.failed++
		}
	})
}

// Wait tells of a wait that begins now.
func (l *Line) Wait(w Wait) { l.change(func(s *state) { s.wait(w, time.Now()) }) }

func (l *Line) change(what func(*state)) {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	what(&l.state)
}

// Over returns a writer to something that shares the terminal with the line, which gives way to each write.
func (l *Line) Over(w io.Writer) io.Writer { return &over{line: l, to: w} }

type over struct {
	line *Line
	to   io.Writer
}

// Write takes the line away and writes p.
func (o *over) Write(p []byte) (int, error) {
	l := o.line
	l.out.Lock()
	defer l.out.Unlock()
	l.wipe()
	if len(p) > 0 {
		l.mu.Lock()
		l.open = p[len(p)-1] != '\n'
		l.mu.Unlock()
	}
	return o.to.Write(p)
}

// tick draws the line, and again after a while.
func (l *Line) tick() {
	l.draw()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.timer != nil {
		l.timer.Reset(drawEvery)
	}
}

func (l *Line) draw() {
	l.out.Lock()
	defer l.out.Unlock()
	room := l.room()
	now := time.Now()
	l.mu.Lock()
	l.state.sample(now)
	s, open := l.state, l.open
	l.mu.Unlock()
	if room <= 0 || open || !s.worthSaying(now) {
		return
	}
	line := s.line(now, room, l.color)
	if line == l.drawn {
		return
	}
	shorter := pb.CellCount(l.drawn) - pb.CellCount(line)
	l.drawn = line
	_, _ = io.WriteString(l.to, "\r"+line+blanks(shorter)) // who can't be told is not told
}

// wipe takes the line away. It needs no sequences that some terminals do not know. l.out must be held.
func (l *Line) wipe() {
	if l.drawn == "" {
		return
	}
	columns := min(pb.CellCount(l.drawn), max(l.room(), 0))
	l.drawn = ""
	_, _ = io.WriteString(l.to, "\r"+blanks(columns+echoed)+"\r")
}

// room returns the columns that there are for the line, 0 or less if there are too few for any. The last column of the
// terminal stays free: some begin a new line when it is written.
func (l *Line) room() int {
	width := l.width()
	if width < narrowest {
		return 0
	}
	return min(width-echoed-1, widest)
}

func blanks(n int) string { return strings.Repeat(" ", max(n, 0)) }
