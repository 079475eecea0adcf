package wire

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// Log is a request log: the numbers that requests get, and what became of each. The zero value is empty. It must not
// hold a header: credentials are never logged.
type Log[R fmt.Stringer] struct {
	entries []R
	seq     int
	ofOp    map[string]int
}

// Number counts a request for that operation ("" for what is none) and returns its number among all requests and
// among those of the operation, both 1-based.
func (l *Log[R]) Number(op string) (seq, opSeq int) {
	if l.ofOp == nil {
		l.ofOp = map[string]int{}
	}
	l.seq++
	l.ofOp[op]++
	return l.seq, l.ofOp[op]
}

// Add keeps an entry and writes its line to w, if there is a w. A log that cannot be written is no reason to answer
// otherwise.
func (l *Log[R]) Add(entry R, w io.Writer) {
	l.entries = append(l.entries, entry)
	if w != nil {
		_, _ = fmt.Fprintln(w, entry)
	}
}

// Entries returns a copy of the log, oldest first.
func (l *Log[R]) Entries() []R { return slices.Clone(l.entries) }

// Count returns how many entries the log holds for that operation, or in all for "".
func (l *Log[R]) Count(op string, opOf func(*R) string) int {
	if op == "" {
		return len(l.entries)
	}
	n := 0
	for i := range l.entries {
		if opOf(&l.entries[i]) == op {
			n++
		}
	}
	return n
}

// Reset empties the log and starts the numbers at 1 again.
func (l *Log[R]) Reset() { *l = Log[R]{} }

// Line is the line of a request in a log: POST what {"compact":"body"} 200. A status of 0 is a dash, for no answer.
func Line(verb, what, body string, status int) string {
	var b strings.Builder
	b.WriteString(verb)
	b.WriteByte(' ')
	b.WriteString(what)
	if body != "" {
		b.WriteByte(' ')
		var compact bytes.Buffer
		if json.Compact(&compact, []byte(body)) == nil {
			b.Write(compact.Bytes())
		} else {
			b.WriteString(strconv.Quote(body))
		}
	}
	if status == 0 {
		b.WriteString(" -")
	} else {
		b.WriteByte(' ')
		b.WriteString(strconv.Itoa(status))
	}
	return b.String()
}
