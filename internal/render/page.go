package render

import (
	"bytes"
	"io"
	"strings"
)

// pipeWidth is the width that lists are laid out in where there is no terminal.
const pipeWidth = 100

// span is a piece of text with one meaning. Words are spans with a space between them; lines break at such a space only,
// so what is longer than a line, such as an address, stays in one piece to be copied.
type span struct {
	text  visible
	style style
}

type words []span

// prose returns the words of a text.
func prose(text visible) words { return styled(text, plain) }

func styled(text visible, as style) words {
	w := make(words, 0, strings.Count(string(text), " ")+1)
	for word := range strings.SplitSeq(string(text), " ") {
		w = append(w, span{text: visible(word), style: as})
	}
	return w
}

// columns returns the columns of all words in one line.
func (w words) columns() int {
	n := max(len(w)-1, 0)
	for _, s := range w {
		n += columns(s.text)
	}
	return n
}

// text returns words in one line.
func (w words) text() string {
	texts := make([]string, len(w))
	for i, s := range w {
		texts[i] = string(s.text)
	}
	return strings.Join(texts, " ")
}

// page collects the lines of one output, so that it is written at once or not at all.
type page struct {
	buf      bytes.Buffer
	ink      palette
	width    int
	terminal bool // prose is wrapped
}

func newPage(opts TextOptions) *page {
	p := &page{ink: newPalette(opts.Color), width: opts.Width, terminal: opts.Width > 0}
	if !p.terminal {
		p.width = pipeWidth
	}
	return p
}

func (p *page) writeTo(w io.Writer) error {
	_, err := w.Write(p.buf.Bytes())
	return err
}

func (p *page) blank() {
	if p.buf.Len() > 0 {
		p.buf.WriteByte('\n')
	}
}

// title starts a block: a blank line, then the heading.
func (p *page) title(text visible, as style) {
	p.blank()
	p.text(0, styled(text, as))
}

// text writes words at an indent, wrapped on a terminal; what follows the first line is indented by two more.
func (p *page) text(indent int, w words) {
	if p.terminal {
		p.wrapped(indent, indent+2, w)
		return
	}
	p.pad(indent)
	p.spans(w)
	p.buf.WriteByte('\n')
}

// verbatim writes a line that is to be pasted: it is never wrapped.
func (p *page) verbatim(indent int, line visible, as style) {
	p.pad(indent)
	p.paint(line, as)
	p.buf.WriteByte('\n')
}

// wrapped writes words with line breaks at the page's width, on a terminal or not.
func (p *page) wrapped(first, rest int, w words) {
	at := first
	p.pad(first)
	start := 0
	for i, word := range w {
		n := columns(word.text)
		if i > start && at+1+n > p.width {
			p.spans(w[start:i])
			p.buf.WriteByte('\n')
			p.pad(rest)
			start, at = i, rest
		} else if i > start {
			at++
		}
		at += n
	}
	p.spans(w[start:])
	p.buf.WriteByte('\n')
}

// spans writes words with a space between them. Neighbours of one style are painted together.
func (p *page) spans(w words) {
	for i, s := range w {
		switch {
		case i == 0:
			p.buf.WriteString(p.ink[s.style].on)
		case s.style == w[i-1].style:
			p.buf.WriteByte(' ')
		default:
			p.buf.WriteString(p.ink[w[i-1].style].off)
			p.buf.WriteByte(' ')
			p.buf.WriteString(p.ink[s.style].on)
		}
		p.buf.WriteString(string(s.text))
	}
	if len(w) > 0 {
		p.buf.WriteString(p.ink[w[len(w)-1].style].off)
	}
}

// paint writes text in one style.
func (p *page) paint(text visible, as style) {
	p.buf.WriteString(p.ink[as].on)
	p.buf.WriteString(string(text))
	p.buf.WriteString(p.ink[as].off)
}

func (p *page) pad(n int) {
	for ; n > 0; n-- {
		p.buf.WriteByte(' ')
	}
}
