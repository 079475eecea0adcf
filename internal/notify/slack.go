package notify

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf16"

	"rollcall/internal/render"
)

// The limits of Slack (docs.slack.dev, "Blocks": 50 blocks a message; "Section block": 3,000 characters a text; "Header
// block": 150). Characters are counted as UTF-16 and after escaping, which is never too few.
const (
	slackBlocks  = 50
	slackSection = 3000
	slackHeader  = 150
)

// How much of a drift a message names; what is more is counted. Nobody reads a chat message of two screens.
const (
	slackActions = 30
	slackOthers  = 10  // guards that refuse; and notes
	slackLine    = 280 // characters of a line
)

// slackMessage is the body of an incoming webhook of Slack (docs.slack.dev, "Sending messages using incoming webhooks").
type slackMessage struct {
	Text   string       `json:"text"` // what a notification on a phone shows; no name of others stands in it
	Blocks []slackBlock `json:"blocks"`
}

type slackBlock struct {
	Type string    `json:"type"` // header or section
	Text slackText `json:"text"`
}

// slackText is a text. Verbatim keeps Slack from making links and mentions of what looks like them (docs.slack.dev, "Text
// object"); a plain_text has no such key.
type slackText struct {
	Type     string `json:"type"`
	Text     string `json:"text"`
	Emoji    *bool  `json:"emoji,omitempty"`
	Verbatim bool   `json:"verbatim,omitempty"`
}

// Slack returns the message of a drift: how much, where, what refuses, then actions by class, what is dangerous when
// overlooked first, so that grants of administrator rights and removals come before all else. Every name stands in a
// preformatted text, where it is no mention, link, emoji or markup.
func Slack(d Drift) ([]byte, error) {
	p, outline := d.Plan, render.OutlineOf(d.Plan)
	title := fmt.Sprintf("rollcall: %s of drift", count(p.Summary.Actions, "action"))
	if p.Target.Simulator {
		title = "SIMULATOR: " + title
	}
	refused := len(p.Refused())
	summary := title
	if refused > 0 {
		summary += fmt.Sprintf(", refused by %s", count(refused, "guard"))
	}
	m := slackMessage{Text: summary, Blocks: []slackBlock{header(title)}}
	m.section("The tool is not as the roster says", []string{p.Target.Kind + " " + p.Target.URL, Roster(p.Basis.Files), outline.Headline})
	m.list("Refused by a guard: apply would not do this", outline.Refused, slackOthers)
	left := slackActions
	for i, s := range outline.Sections {
		// Each class that follows keeps a line: a short class at the end is not lost behind a long one.
		room := max(1, left-(len(outline.Sections)-i-1))
		m.list(s.Title, s.Lines, room)
		left -= min(room, len(s.Lines))
	}
	m.list("Notes", outline.Notes, slackOthers)
	m.Blocks = m.Blocks[:min(len(m.Blocks), slackBlocks)]
	return encoded(m)
}

func header(text string) slackBlock {
	none := false
	return slackBlock{Type: "header", Text: slackText{Type: "plain_text", Text: cut(text, slackHeader), Emoji: &none}}
}

// list adds a title with the number of lines and at most most of them.
func (m *slackMessage) list(title string, lines []string, most int) {
	if len(lines) == 0 {
		return
	}
	shown := slices.Clone(lines[:min(len(lines), most)])
	if more := len(lines) - len(shown); more > 0 {
		shown = append(shown, fmt.Sprintf("and %d more: `rollcall drift` shows all", more))
	}
	m.section(fmt.Sprintf("%s (%d)", title, len(lines)), shown)
}

// section adds lines under a title of our own, in as many blocks as they take.
func (m *slackMessage) section(title string, lines []string) {
	const fence = "```"
	head := "*" + title + "*\n" + fence + "\n"
	var body strings.Builder
	flush := func() {
		if body.Len() > 0 {
			m.Blocks = append(m.Blocks, slackBlock{Type: "section", Text: slackText{Type: "mrkdwn", Text: head + body.String() + fence, Verbatim: true}})
			head = fence + "\n"
			body.Reset()
		}
	}
	for _, line := range lines {
		line = literal(line) + "\n"
		if units(head)+units(body.String())+units(line)+len(fence) > slackSection {
			flush()
		}
		body.WriteString(line)
	}
	flush()
}

// literal returns a line as a preformatted text of Slack shows it. The three signs that Slack reads are escaped, so that
// <!channel> and <@U123> are letters (docs.slack.dev, "Formatting text for app surfaces"); a backtick could end the
// preformatted text and is written out.
func literal(line string) string {
	line = strings.ReplaceAll(cut(line, slackLine), "`", `\u{60}`)
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(line)
}

// cut returns s in at most n characters of UTF-16, with an ellipsis in place of what is left out.
func cut(s string, n int) string {
	if units(s) <= n {
		return s
	}
	used := 1 // the ellipsis
	for i, r := range s {
		if used += utf16.RuneLen(r); used > n {
			return s[:i] + "…"
		}
	}
	return s
}

// units returns how long s is in UTF-16.
func units(s string) int {
	n := 0
	for _, r := range s {
		n += utf16.RuneLen(r)
	}
	return n
}

// count returns "1 action" or "3 actions".
func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
