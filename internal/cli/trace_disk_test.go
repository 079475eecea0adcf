package cli

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"rollcall/internal/httpx"
)

// hiccup is a disk that is full for one line.
type hiccup struct {
	bytes.Buffer
	writes int
	fullAt int
}

func (h *hiccup) Write(p []byte) (int, error) {
	if h.writes++; h.writes == h.fullAt {
		n, _ := h.Buffer.Write(p[:len(p)/2])
		return n, errors.New("no space left on device")
	}
	return h.Buffer.Write(p)
}

func (*hiccup) Close() error { return nil }

// After half a line nothing is written any more, so that all lines but the last can be read, and the end says so, once.
func TestTrace_endsAtTheFirstLineThatCantBeWritten(t *testing.T) {
	for _, tt := range []struct {
		name   string
		fullAt int // the write that fails; 0: none
		lines  int // that are whole
		told   string
	}{
		{"room for everything", 0, 5, ""},
		{"no room for the third line", 3, 2, "trace: t.jsonl is not complete: no space left on device\n"},
		{"no room at all", 1, 0, "trace: t.jsonl is not complete: no space left on device\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var stderr bytes.Buffer
			disk := &hiccup{fullAt: tt.fullAt}
			env := Env{Stderr: Output{Writer: &stderr}, Now: time.Now, Stdout: Output{Writer: io.Discard}}
			r := newRun(env, &options{common: &common{quiet: true}, trace: "t.jsonl"})
			r.trace = &trace{now: time.Now, to: disk}
			for range 5 {
				r.trace.wait(httpx.Wait{Route: "get_users", For: time.Second})
			}
			r.endTrace()
			if got := strings.Count(disk.String(), "\n"); got != tt.lines {
				t.Errorf("%d whole lines, want %d:\n%s", got, tt.lines, disk)
			}
			if stderr.String() != tt.told {
				t.Errorf("standard error says %q, want %q", stderr.String(), tt.told)
			}
		})
	}
}
