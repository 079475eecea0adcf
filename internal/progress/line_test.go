package progress_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cheggaaa/pb/v3"

	"rollcall/internal/progress"
)

// terminal is a screen of one row: what a sequence of writes leaves on it, and the rows that were ended.
type terminal struct {
	mu     sync.Mutex
	width  int
	raw    bytes.Buffer
	row    []rune
	at     int
	above  []string
	seen   []string // every row that stood there after a write
	broken bool     // a row was longer than the terminal is wide
}

func (t *terminal) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.raw.Write(p)
	for _, r := range string(p) {
		switch r {
		case '\r':
			t.at = 0
		case '\n':
			t.above, t.row, t.at = append(t.above, strings.TrimRight(string(t.row), " ")), nil, 0
		default:
			for len(t.row) <= t.at {
				t.row = append(t.row, ' ')
			}
			t.row[t.at] = r
			t.at++
			t.broken = t.broken || pb.CellCount(string(t.row[:t.at])) >= t.width
		}
	}
	t.seen = append(t.seen, t.now())
	return len(p), nil
}

func (t *terminal) columns() int { t.mu.Lock(); defer t.mu.Unlock(); return t.width }

func (t *terminal) resize(width int) { t.mu.Lock(); defer t.mu.Unlock(); t.width = width }

func (t *terminal) now() string { return strings.TrimRight(string(t.row), " ") }

// shown returns what stands in the row.
func (t *terminal) shown() string { t.mu.Lock(); defer t.mu.Unlock(); return t.now() }

func newLine(width int) (*progress.Line, *terminal) {
	t := &terminal{width: width}
	return progress.New(t, t.columns, false), t
}

// after lets time pass, for a line that is drawn at the full fifth of a second.
func after(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func TestLine_saysHowFarAPhaseHasCome(t *testing.T) {
	for _, tt := range []struct {
		name  string
		width int
		tell  func(*progress.Line)
		want  string
	}{
		{"a read tells what is read, and in how many requests", 80, func(l *progress.Line) {
			l.Begin(progress.Reading, 0)
			l.Read("groups", 40)
			l.Read("users", 750)
			l.Read("users", 1000)
			l.Read("roles", 5)
			l.Request()
			l.Request()
		}, "reading · users 1,000 · groups 40 · 2 requests · 2 s"},
		{"one request is not requests", 80, func(l *progress.Line) {
			l.Begin(progress.Looking, 0)
			l.Request()
		}, "looking · 1 request · 2 s"},
		{"an apply has a bar", 60, func(l *progress.Line) {
			l.Begin(progress.Applying, 120)
			for range 30 {
				l.Ended(false)
			}
		}, "applying 30 of 120 [========>                           ]"},
		{"what failed is counted", 60, func(l *progress.Line) {
			l.Begin(progress.Applying, 4)
			l.Ended(false)
			l.Ended(true)
		}, "applying 2 of 4 [==============>               ] 1 failed"},
		{"a wide terminal has no wider bar", 400, func(l *progress.Line) {
			l.Begin(progress.Applying, 2)
			l.Ended(false)
		}, "applying 1 of 2 [" + strings.Repeat("=", 40) + ">" + strings.Repeat(" ", 41) + "]"},
		{"without room there is no bar", 30, func(l *progress.Line) {
			l.Begin(progress.Applying, 1200)
			l.Ended(true)
		}, "applying 1 of 1,200"},
		{"a wait that the tool asks for stands first", 80, func(l *progress.Line) {
			l.Begin(progress.Applying, 120)
			l.Ended(true)
			l.Wait(progress.Wait{Why: progress.Asked, Status: 429, For: 44 * time.Second})
		}, "waiting 42 s: the tool asks to be left alone (429) · applying 1 of 120"},
		{"and whole at 60 columns", 60, func(l *progress.Line) {
			l.Begin(progress.Reading, 0)
			l.Wait(progress.Wait{Why: progress.Asked, Status: 429, For: 5*time.Minute + 2*time.Second})
		}, "waiting 5 min 0 s: the tool asks to be left alone (429)"},
		{"the longest of several waits counts", 80, func(l *progress.Line) {
			l.Begin(progress.Reading, 0)
			l.Wait(progress.Wait{Why: progress.Asked, Status: 503, For: 12 * time.Second})
			l.Wait(progress.Wait{Why: progress.Asked, Status: 429, For: 4 * time.Second})
		}, "waiting 10 s: the tool asks to be left alone (503) · reading"},
		{"the pace is no such wait", 80, func(l *progress.Line) {
			l.Begin(progress.Reading, 0)
			l.Wait(progress.Wait{Why: progress.Paced, For: 6 * time.Second})
		}, "reading · 2 s · keeping the pace of --rate"},
		{"nor is a try that went wrong", 90, func(l *progress.Line) {
			l.Begin(progress.Reading, 0)
			l.Request()
			l.Wait(progress.Wait{Why: progress.Again, Status: 500, For: 8 * time.Second})
		}, "reading · trying again in 6 s: the last try went wrong (500) · 1 request · 2 s"},
		{"a try without an answer has no number", 80, func(l *progress.Line) {
			l.Begin(progress.Reading, 0)
			l.Wait(progress.Wait{Why: progress.Again, For: 8 * time.Second})
		}, "reading · trying again in 6 s: the last try went wrong · 2 s"},
		{"a wait of less than a second is no news", 80, func(l *progress.Line) {
			l.Begin(progress.Reading, 0)
			l.Wait(progress.Wait{Why: progress.Asked, Status: 429, For: 900 * time.Millisecond})
		}, "reading · 2 s"},
		{"the final read is told from the first", 80, func(l *progress.Line) {
			l.Begin(progress.Applying, 3)
			l.Request()
			l.Read("users", 250)
			l.Begin(progress.FinalRead, 0)
			l.Read("users", 500)
		}, "looking at the result · users 500 · 1 request · 2 s"},
		{"a plan that is made at once is not said to be made", 80, func(l *progress.Line) {
			l.Begin(progress.Reading, 0)
			after(1700 * time.Millisecond)
			l.Begin(progress.Planning, 0)
		}, "reading · 1 s"},
		{"one that takes its time is", 80, func(l *progress.Line) {
			l.Begin(progress.Planning, 0)
		}, "planning · 2 s"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l, screen := newLine(tt.width)
				begun := time.Now()
				tt.tell(l)
				after(2*time.Second - time.Since(begun))
				if got := screen.shown(); got != tt.want {
					t.Errorf("the line says\n  %q\nwant\n  %q", got, tt.want)
				}
				if screen.broken {
					t.Errorf("a line was wider than %d columns: %q", tt.width, screen.seen)
				}
				l.Rest()
				if got := screen.shown(); got != "" || len(screen.above) > 0 {
					t.Errorf("%q and %q are left behind", screen.above, got)
				}
			})
		})
	}
}

func TestLine_saysNothingOfAShortRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, screen := newLine(80)
		l.Begin(progress.Reading, 0)
		after(900 * time.Millisecond)
		l.Begin(progress.Applying, 9)
		l.Rest()
		after(time.Hour)
		if screen.raw.Len() > 0 {
			t.Errorf("it wrote %q", screen.raw.String())
		}
	})
}

// The words of a wait change every second, and go when it is over.
func TestLine_countsAWaitDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, screen := newLine(80)
		l.Begin(progress.Reading, 0)
		l.Wait(progress.Wait{Why: progress.Asked, Status: 429, For: 5 * time.Second})
		after(5200 * time.Millisecond)
		l.Rest()
		var got []string
		for _, row := range screen.seen {
			if row != "" && (len(got) == 0 || got[len(got)-1] != row) {
				got = append(got, row)
			}
		}
		const text = "waiting %d s: the tool asks to be left alone (429) · reading"
		want := []string{"reading · 5 s"}
		for n := 1; n <= 4; n++ {
			want = append([]string{fmt.Sprintf(text, n)}, want...)
		}
		if strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("it said\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	})
}

// An end is promised only once the pace is known: not during the burst, and not out of a time in which nothing was sent.
func TestLine_promisesAnEndOnceItCanBeKnown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, screen := newLine(100)
		l.Begin(progress.Applying, 600)
		defer l.Rest()
		promised := func() bool { return strings.Contains(screen.shown(), "left") }
		for range 60 {
			l.Ended(false)
		}
		for second := 1; second <= 120; second++ {
			after(time.Second)
			l.Ended(false)
			if second == 29 && promised() {
				t.Errorf("after the burst it says %q", screen.shown())
			}
		}
		after(200 * time.Millisecond)
		if got := screen.shown(); !strings.HasSuffix(got, "] about 7 min left") {
			t.Errorf("with 420 to go at one a second it says %q", got)
		}
		l.Wait(progress.Wait{Why: progress.Asked, Status: 429, For: 10 * time.Second})
		after(11 * time.Second)
		if promised() {
			t.Errorf("right after a wait it says %q", screen.shown())
		}
		for range 410 {
			after(100 * time.Millisecond)
			l.Ended(false)
		}
		after(200 * time.Millisecond)
		if got := screen.shown(); !strings.HasSuffix(got, "] about 10 s left") {
			t.Errorf("with 10 to go at ten a second it says %q", got)
		}
	})
}

func TestLine_givesWayToWhatIsWritten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, screen := newLine(80)
		out := l.Over(screen)
		l.Begin(progress.Reading, 0)
		after(1500 * time.Millisecond)
		if _, err := io.WriteString(out, "a remark\n"); err != nil {
			t.Fatal(err)
		}
		if got := screen.shown(); got != "" || screen.above[0] != "a remark" {
			t.Errorf("beside the remark stands %q, and the remark is %q", got, screen.above)
		}
		after(time.Second)
		if screen.shown() == "" {
			t.Error("the line did not come back")
		}
		// A question waits for its answer in the same row, for as long as it takes.
		io.WriteString(out, "sure? ")
		after(time.Minute)
		if got := screen.shown(); got != "sure?" {
			t.Errorf("beside the question stands %q", got)
		}
		l.Begin(progress.Applying, 2)
		after(2 * time.Second)
		if got := screen.shown(); !strings.HasPrefix(got, "applying 0 of 2 [") {
			t.Errorf("after the answer it says %q", got)
		}
		l.Rest()
	})
}

// Whatever the terminal does to its width, nothing breaks and nothing is wider than it.
func TestLine_fitsEveryWidth(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, screen := newLine(80)
		l.Begin(progress.Applying, 12345)
		l.Ended(true)
		for width := 200; width >= -1; width-- {
			l.Wait(progress.Wait{Why: progress.Why(width % 3), Status: 429, For: time.Second})
			l.Rest() // what a terminal does with a row that becomes too long is its own business
			screen.resize(width)
			l.Begin(progress.Applying, 12345)
			after(1200 * time.Millisecond)
			if screen.broken {
				t.Fatalf("at %d columns it says %q", width, screen.shown())
			}
			if width < 20 && screen.shown() != "" {
				t.Fatalf("at %d columns it says %q", width, screen.shown())
			}
		}
		l.Rest()
	})
}

func TestLine_followsTheTerminal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, screen := newLine(100)
		l.Begin(progress.Applying, 2)
		defer l.Rest()
		after(2 * time.Second)
		screen.resize(60)
		screen.Write([]byte("\r" + strings.Repeat(" ", 100) + "\r"))
		screen.broken = false
		l.Ended(false)
		after(time.Second)
		if got := len(screen.shown()); got != 57 {
			t.Errorf("at 60 columns the line has %d: %q", got, screen.shown())
		}
	})
}

func TestLine_coloursByMeaningAlone(t *testing.T) {
	for _, color := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			screen := &terminal{width: 80}
			l := progress.New(screen, screen.columns, color)
			l.Begin(progress.Applying, 9)
			l.Ended(true)
			after(2 * time.Second)
			l.Rest()
			if got := strings.Contains(screen.raw.String(), "\x1b[31m1 failed\x1b[0m"); got != color {
				t.Errorf("colour %v: failures in red: %v", color, got)
			}
			if got := strings.Contains(screen.raw.String(), "\x1b"); got != color {
				t.Errorf("colour %v: escape sequences: %v", color, got)
			}
		})
	}
}

// stuck is a terminal that somebody paused.
type stuck chan struct{}

func (s stuck) Write(p []byte) (int, error) {
	<-s
	return 0, errors.New("gone")
}

func TestLine_keepsNoRunWaitingForATerminalThatIsPaused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		paused := make(stuck)
		l := progress.New(paused, func() int { return 80 }, false)
		l.Begin(progress.Applying, 3)
		after(2 * time.Second) // a draw waits for the terminal
		l.Request()
		l.Read("users", 5)
		l.Wait(progress.Wait{Why: progress.Asked, For: time.Minute})
		l.Ended(false)
		l.Begin(progress.FinalRead, 0)
		close(paused)
		l.Rest()
	})
}

func TestLine_nilSaysNothing(t *testing.T) {
	var l *progress.Line
	l.Begin(progress.Reading, 0)
	l.Request()
	l.Read("users", 1)
	l.Wait(progress.Wait{For: time.Hour})
	l.Ended(true)
	l.Rest()
}
