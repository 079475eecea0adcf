package docs_test

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"
)

// page is what the tests look at of a document.
type page struct {
	path   string // from the folder of the module
	source []byte
	items  []item // directives and blocks in their order
	links  []mark // where links lead
	spans  []mark // inline code
	heads  []string
}

// item is a directive or a block.
type item struct {
	directive *directive
	block     *block
}

// mark is a text with its line, from 1.
type mark struct {
	text string
	line int
}

// block is a fenced block.
type block struct {
	language string
	line     int      // of its first line, from 1
	lines    []string // without line ends and without the indentation of the list that it stands in
	indent   string
	from, to int      // its lines in the source
	replaced []string // what stands there from now on; nil: what stands there now
}

func (b *block) text() string { return strings.Join(b.lines, "\n") + "\n" }

// directive is an HTML comment that says how blocks are run.
type directive struct {
	verb, text string
	line       int
}

const (
	verbRun    = "run"
	verbFirst  = "first"
	verbSim    = "sim"
	verbFile   = "file"
	verbNotRun = "not run"
)

var directiveForm = regexp.MustCompile(`^<!-- (run|first|sim|file|not run)(?:: (.*))? -->\s*$`)

// problem returns what is wrong with a directive, "" for nothing.
func (d *directive) problem() string {
	switch {
	case d.verb != verbSim && d.text == "":
		return "<!-- " + d.verb + ": --> says nothing"
	case d.verb == verbRun && !strings.HasPrefix(d.text, "in "):
		return "write <!-- run: in an empty folder --> or <!-- run: in FOLDER -->"
	}
	return ""
}

// at returns a place of the page for messages.
func (p *page) at(line int) string { return fmt.Sprintf("%s:%d", p.path, line) }

func parse(path string, source []byte) *page {
	p := &page{path: path, source: source}
	document := goldmark.New(goldmark.WithExtensions(extension.GFM)).Parser().Parse(text.NewReader(source))
	last := 0 // offset of the last text: inline nodes know no place of their own
	_ = ast.Walk(document, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		if n.Type() == ast.TypeBlock && n.Lines().Len() > 0 {
			last = n.Lines().At(0).Start
		}
		switch n := n.(type) {
		case *ast.FencedCodeBlock:
			if b := p.fence(n); b != nil {
				p.items = append(p.items, item{block: b})
			}
		case *ast.HTMLBlock:
			comment := strings.TrimSpace(string(n.Lines().Value(source)))
			if found := directiveForm.FindStringSubmatch(comment); found != nil {
				p.items = append(p.items, item{directive: &directive{verb: found[1], text: found[2], line: p.line(last)}})
			}
		case *ast.Heading:
			p.heads = append(p.heads, anchor(plain(n, source)))
		case *ast.Link:
			p.links = append(p.links, mark{string(n.Destination), p.line(last)})
		case *ast.Image:
			p.links = append(p.links, mark{string(n.Destination), p.line(last)})
		case *ast.CodeSpan:
			p.spans = append(p.spans, mark{plain(n, source), p.line(last)})
		case *ast.Text:
			last = n.Segment.Start
		}
		return ast.WalkContinue, nil
	})
	return p
}

func (p *page) fence(n *ast.FencedCodeBlock) *block {
	segments := n.Lines()
	if segments.Len() == 0 {
		return nil
	}
	first := segments.At(0)
	begin := bytes.LastIndexByte(p.source[:first.Start], '\n') + 1
	b := &block{
		language: string(n.Language(p.source)), line: p.line(first.Start),
		indent: string(p.source[begin:first.Start]), from: begin, to: segments.At(segments.Len() - 1).Stop,
	}
	for i := range segments.Len() {
		segment := segments.At(i)
		b.lines = append(b.lines, strings.TrimRight(string(segment.Value(p.source)), "\n"))
	}
	return b
}

func (p *page) line(offset int) int { return bytes.Count(p.source[:offset], []byte("\n")) + 1 }

// plain returns the text inside a node.
func plain(n ast.Node, source []byte) string {
	var b strings.Builder
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if t, ok := n.(*ast.Text); ok && entering {
			b.Write(t.Segment.Value(source))
			if t.SoftLineBreak() {
				b.WriteByte(' ')
			}
		}
		return ast.WalkContinue, nil
	})
	return b.String()
}

var (
	notInAnchors = regexp.MustCompile(`[^\p{L}\p{N}\s_-]`)
	oneSpace     = regexp.MustCompile(`\s`)
)

// anchor returns the name that GitHub gives to a heading.
func anchor(heading string) string {
	return oneSpace.ReplaceAllString(notInAnchors.ReplaceAllString(strings.ToLower(heading), ""), "-")
}

// rewritten returns the source with what is to stand in its blocks from now on.
func (p *page) rewritten() []byte {
	source := slices.Clone(p.source)
	for _, i := range slices.Backward(p.items) {
		b := i.block
		if b == nil || b.replaced == nil {
			continue
		}
		var text strings.Builder
		for _, line := range b.replaced {
			if line != "" {
				text.WriteString(b.indent + line)
			}
			text.WriteByte('\n')
		}
		source = slices.Concat(source[:b.from], []byte(text.String()), source[b.to:])
	}
	return source
}

// step is a command of a console block and what it prints.
type step struct {
	shown   []string // as it stands on the page
	command string
	output  []string
	line    int
}

// steps cuts a console block into its commands. What stands before the first is a step without a command.
func (b *block) steps() []step {
	var all []step
	for i := 0; i < len(b.lines); i++ {
		command, is := strings.CutPrefix(b.lines[i], "$ ")
		if !is {
			if len(all) == 0 {
				all = append(all, step{line: b.line})
			}
			last := &all[len(all)-1]
			last.output = append(last.output, b.lines[i])
			continue
		}
		s := step{shown: b.lines[i : i+1], command: command, line: b.line + i}
		for i+1 < len(b.lines) && (strings.HasSuffix(b.lines[i], `\`) || strings.HasPrefix(b.lines[i+1], "> ")) {
			i++
			s.shown = append(s.shown[:len(s.shown):len(s.shown)], b.lines[i])
			s.command += "\n" + strings.TrimPrefix(b.lines[i], "> ")
		}
		all = append(all, s)
	}
	return all
}

// elided is what stands on a page for what does not matter.
const elided = "..."

// matches reports whether printed is what a page shows.
func matches(shown []string, printed string) bool {
	var form strings.Builder
	form.WriteString(`\A`)
	for _, line := range shown {
		if line == elided {
			form.WriteString(`(?:.*\n)*`)
			continue
		}
		for i, part := range strings.Split(strings.TrimRight(line, " "), elided) {
			if i > 0 {
				form.WriteString(`.*`)
			}
			form.WriteString(regexp.QuoteMeta(part))
		}
		form.WriteString(` *\n`)
	}
	form.WriteString(`\z`)
	return regexp.MustCompile(form.String()).MatchString(printed)
}
