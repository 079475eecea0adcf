package progress

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cheggaaa/pb/v3"
)

// Phase is a part of a run, in words for the reader.
type Phase string

// The phases.
const (
	Looking   Phase = "looking"
	Reading   Phase = "reading"
	Planning  Phase = "planning"
	Applying  Phase = "applying"
	FinalRead Phase = "looking at the result"
)

// Why says what is waited for.
type Why int

// The reasons.
const (
	Asked Why = iota // the tool asks to be left alone: nothing at all is sent
	Again            // a try went wrong, and is repeated
	Paced            // the pace of all requests: as it has to be
)

// Wait is a wait before a request.
type Wait struct {
	Why    Why
	Status int // HTTP status of the answer that is the reason; 0: there was none
	For    time.Duration
}

// Text says what is waited for, and how long still.
func (w Wait) Text(left time.Duration) string {
	switch w.Why {
	case Asked:
		return "waiting " + span(left) + ": the tool asks to be left alone" + inBrackets(w.Status)
	case Again:
		return "trying again in " + span(left) + ": the last try went wrong" + inBrackets(w.Status)
	}
	return "waiting " + span(left) + ": requests keep to the pace of --rate"
}

func inBrackets(status int) string {
	if status == 0 {
		return ""
	}
	return fmt.Sprintf(" (%d)", status)
}

// state is what is known of a run. Its zero value is of one that has not begun.
type state struct {
	phase    Phase // "": none
	began    time.Time
	total    int
	done     int
	failed   int
	requests int
	lists    [3]int  // items of each list so far, in the order of listNames
	waits    [3]wait // the longest of each reason
	speed    speed
}

// wait is a wait and its end.
type wait struct {
	Wait
	until time.Time
}

// listNames are the lists whose length tells a reader how far a read has come.
func listNames() [3]string { return [...]string{"users", "groups", "projects"} }

func (s *state) begin(p Phase, total int, now time.Time) {
	*s = state{phase: p, began: now, total: total, requests: s.requests, waits: s.waits}
}

func (s *state) read(list string, soFar int) {
	names := listNames()
	if i := slices.Index(names[:], list); i >= 0 {
		s.lists[i] = soFar
	}
}

// wait keeps the wait that ends last. A short one is no news.
func (s *state) wait(w Wait, now time.Time) {
	if w.For < time.Second || w.Why < 0 || int(w.Why) >= len(s.waits) {
		return
	}
	if until := now.Add(w.For); until.After(s.waits[w.Why].until) {
		s.waits[w.Why] = wait{w, until}
	}
}

// waiting returns the words for a wait, or nothing if there is none.
func (s *state) waiting(why Why, now time.Time) string {
	left := s.waits[why].until.Sub(now)
	if left <= 0 {
		return ""
	}
	return s.waits[why].Text(left)
}

// worthSaying reports whether there is something to say: a plan is mostly made before anybody could read that it is.
func (s *state) worthSaying(now time.Time) bool {
	return s.phase != "" && (s.phase != Planning || now.Sub(s.began) >= showAfter)
}

// line returns what to say in so many columns:
//
//	reading · users 750 · groups 40 · 9 requests · 4 s
//	applying 31 of 120 [======>             ] 2 failed · about 3 min left · keeping the pace of --rate
//	waiting 42 s: the tool asks to be left alone (429) · applying 31 of 120 · 2 failed
func (s *state) line(now time.Time, room int, color bool) string {
	asked, again := s.waiting(Asked, now), s.waiting(Again, now)
	head, failed, paced := string(s.phase), "", ""
	if s.total > 0 {
		head += " " + thousands(s.done) + " of " + thousands(s.total)
	}
	if s.failed > 0 {
		failed = ink(thousands(s.failed)+" failed", red, color)
	}
	if s.waits[Paced].until.After(now) {
		paced = "keeping the pace of --rate"
	}
	if asked != "" {
		return fitting(room, ink(asked, yellow, color), head, failed)
	}
	if s.total == 0 {
		parts := []string{head, ink(again, yellow, color)}
		for i, name := range listNames() {
			if n := s.lists[i]; n > 0 {
				parts = append(parts, name+" "+thousands(n))
			}
		}
		if s.requests > 0 {
			parts = append(parts, count(s.requests, "request", "requests"))
		}
		return fitting(room, append(parts, span(now.Sub(s.began).Truncate(time.Second)), paced)...)
	}
	tail := []string{failed, ink(again, yellow, color), s.left(now), paced}
	return s.bar(room, head, fitting(room-pb.CellCount(head)-narrowestBar-2, tail...))
}

// narrowestBar is how many columns a bar has at least, its ends included.
const narrowestBar = 10

// bar returns a line with a bar that fills it, and without one where there is no room.
func (s *state) bar(room int, head, tail string) string {
	if room < pb.CellCount(head)+1+narrowestBar {
		return fitting(room, head)
	}
	const form pb.ProgressBarTemplate = `{{string . "head"}} {{bar . "[" "=" ">" " " "]"}}{{with string . "tail"}} {{.}}{{end}}`
	// Static, and nobody writes it but us: the library would ask its own terminal, from its own goroutine.
	drawn := form.New(s.total).SetWriter(io.Discard).Set(pb.Static, true).SetWidth(room).SetCurrent(int64(s.done)).
		Set("head", head).Set("tail", tail)
	text := drawn.String()
	if drawn.Err() != nil {
		return fitting(room, head, tail)
	}
	return text
}

// fitting returns as many parts as fit, the first of them cut if it has to be. Empty parts are left out.
func fitting(room int, parts ...string) string {
	const between = " · "
	text := ""
	for _, part := range parts {
		switch {
		case part == "" || room <= 0:
		case text == "":
			if pb.CellCount(part) <= room || part == parts[0] {
				text = pb.StripString(part, room)
			}
		case pb.CellCount(text+between+part) <= room:
			text += between + part
		}
	}
	return text
}

// Colours by meaning, which a light and a dark terminal can both show.
const (
	red    = "\x1b[31m"
	yellow = "\x1b[33m"
	noInk  = "\x1b[0m"
)

func ink(text, colour string, on bool) string {
	if text == "" || !on {
		return text
	}
	return colour + text + noInk
}

// span returns a time as it is counted: "42 s", "4 min 10 s". What has begun of a second counts.
func span(d time.Duration) string {
	seconds := int((max(d, 0) + time.Second - 1) / time.Second)
	if seconds < 60 {
		return strconv.Itoa(seconds) + " s"
	}
	return fmt.Sprintf("%s min %d s", thousands(seconds/60), seconds%60)
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return thousands(n) + " " + many
}

// thousands returns n with a comma after each three digits.
func thousands(n int) string {
	digits := strconv.Itoa(n)
	var b strings.Builder
	for i, digit := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(digit)
	}
	return b.String()
}
