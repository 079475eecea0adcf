package notify

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf16"

	"rollcall/internal/render"
)

// The limits of Slack (docs.slack.dev, "Blocks": 50 blocks a message, of which this makes some twenty; "Section block":
// 3,000 characters a text). What all blocks may hold is not documented: messages of 11,400 characters were refused
// (github.com/slackapi/bolt-js, issues 2509 and 2867). Characters are counted as UTF-16 and after escaping, which is never
// too few.
const (
	slackSection = 3000
	slackLines   = 8000 // of all lines; titles take some hundred more
	slackLine    = 1000 // of one
)

// How much of a drift a message names; what is more is counted. Nobody reads a chat message of two screens.
const (
	slackActions = 30
	slackOthers  = 10 // guards that refuse; and notes
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
	head := []string{p.Target.Kind + " " + p.Target.URL, Roster(p.Basis.Files), outline.Headline}
	if outline.Beside != "" {
		head = append(head, outline.Beside)
	}
	lists := []slackList{{"The tool is not as the roster says", head}}
	lists = append(lists, firstOf("Refused by a guard: apply would not do this", outline.Refused, slackOthers))
	left := slackActions
	for i, s := range outline.Sections {
		// Each class that follows keeps a line: a short class at the end is not lost behind a long one.
		room := max(1, left-(len(outline.Sections)-i-1))
		lists = append(lists, firstOf(s.Title, s.Lines, room))
		left -= min(room, len(s.Lines))
	}
	lists = append(lists, firstOf("Notes", outline.Notes, slackOthers))
	lines := 0
	for _, list := range lists {
		lines += len(list.lines)
	}
	m := slackMessage{Text: summary, Blocks: []slackBlock{header(title)}}
	for _, list := range lists {
		// All lines have the same room, so that no long name makes Slack refuse the message, or takes the place of others.
		m.section(list, min(slackLines/lines, slackLine))
	}
	return encoded(m)
}

func header(text string) slackBlock {
	none := false
	return slackBlock{Type: "header", Text: slackText{Type: "plain_text", Text: text, Emoji: &none}}
}

// slackList is some lines under a title of our own.
type slackList struct {
	title string
	lines []string
}

// firstOf returns at most most lines, and what there is in all.
func firstOf(title string, lines []string, most int) slackList {
	shown := slices.Clone(lines[:min(len(lines), most)])
	if more := len(lines) - len(shown); more > 0 {
		shown = append(shown, fmt.Sprintf("and %d more: rollcall drift shows all", more))
	}
	return slackList{fmt.Sprintf("%s (%d)", title, len(lines)), shown}
}

// section adds a list in as many blocks as it takes, each line in at most most characters. An empty list takes none.
func (m *slackMessage) section(list slackList, most int) {
	const fence = "```"
	head := "*" + list.title + "*\n" + fence + "\n"
	body := ""
	flush := func() {
		if body != "" {
			m.Blocks = append(m.Blocks, slackBlock{Type: "section", Text: slackText{Type: "mrkdwn", Text: head + body + fence, Verbatim: true}})
			head, body = fence+"\n", ""
		}
	}
	for _, line := range list.lines {
		line = literal(line, most) + "\n"
		if units(head+body+line+fence) > slackSection {
			flush()
		}
		body += line
	}
	flush()
}

// literal returns a line as a preformatted text of Slack shows it, in at most most characters, with an ellipsis in place of
// what is left out. The three signs that Slack reads are escaped, so that <!channel> and <@U123> are letters
// (docs.slack.dev, "Formatting text for app surfaces"); a backtick could end the preformatted text and is written out.
func literal(line string, most int) string {
	escape := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "`", `\u{60}`)
	if whole := escape.Replace(line); units(whole) <= most {
		return whole
	}
	var b strings.Builder
	left := most - 1 // the ellipsis
	for _, r := range line {
		sign := escape.Replace(string(r))
		if left -= units(sign); left < 0 {
			break
		}
		b.WriteString(sign)
	}
	return b.String() + "…"
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
