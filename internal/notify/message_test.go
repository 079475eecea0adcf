package notify_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v5"

	"rollcall/internal/directory"
	"rollcall/internal/notify"
	"rollcall/internal/plan"
	"rollcall/schema"
)

var update = flag.Bool("update", false, "write the golden files")

// small is a drift of the usual size.
func small() *plan.Plan {
	p := refused(drift(
		role("ana@acme.example", "Lead", "Tester"),
		group("mobile-qa", []string{"bo@acme.example"}, []string{"cy@acme.example", "dee@acme.example"}),
		deactivate("zoe@partner.example"),
	), "max_removals_per_group", "mobile-qa")
	p.Notes = []plan.Note{{Code: plan.NoteAccessEnds, Subject: "eve@acme.example", Text: "the last day of access is 2026-12-01, in 9 days",
		Until: directory.Date{Year: 2026, Month: time.December, Day: 1}, Source: on(31)}}
	return p
}

// projects is a drift of who belongs to which project, with a field that nobody can read back and a step for a person.
func projects() *plan.Plan {
	p := drift(
		joins("Payments", "Developer", "bo@acme.example"),
		joins("Mobile App", "Test Lead", "ana@acme.example", "cy@acme.example", "dee@acme.example", "eve@acme.example"),
		leaves("Legacy <2019>", "zoe@partner.example"),
	)
	p.Target = plan.Target{Kind: "qtest", URL: "https://acme.example"}
	p.Manual = []plan.ManualStep{{Action: group("Old Group", nil, []string{"max@acme.example"}), Where: "Administration > User Groups"}}
	p.Notes = []plan.Note{{Code: plan.NoteUnverifiable, Subject: "profile", Text: "profiles in projects can be written and not read: those of 31 people are not compared"}}
	return p
}

func TestMessages(t *testing.T) {
	for _, tt := range []struct {
		file    string
		message func(notify.Drift) ([]byte, error)
		plan    *plan.Plan
	}{
		{"webhook.json", notify.Webhook, small()}, {"slack.json", notify.Slack, small()},
		{"webhook-projects.json", notify.Webhook, projects()}, {"slack-projects.json", notify.Slack, projects()},
	} {
		t.Run(tt.file, func(t *testing.T) {
			got := indented(t, tt.message, tt.plan)
			path := filepath.Join("testdata", tt.file)
			if *update {
				if err := os.WriteFile(path, got, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// The page shows the document of the golden file, laid out to be read.
func TestPage_showsTheDocument(t *testing.T) {
	page, err := os.ReadFile("../../docs/notifications.md")
	if err != nil {
		t.Fatal(err)
	}
	_, block, _ := strings.Cut(string(page), "```json\n")
	block, _, _ = strings.Cut(block, "```")
	var shown, want any
	if err := json.Unmarshal([]byte(block), &shown); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(message(t, notify.Webhook, small()), &want); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, shown); diff != "" {
		t.Errorf("(-want +page):\n%s", diff)
	}
}

func message(t *testing.T, of func(notify.Drift) ([]byte, error), p *plan.Plan) []byte {
	t.Helper()
	text, err := of(notify.Drift{Plan: p, Time: found})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func indented(t *testing.T, of func(notify.Drift) ([]byte, error), p *plan.Plan) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := json.Indent(&b, message(t, of, p), "", "  "); err != nil {
		t.Fatal(err)
	}
	b.WriteByte('\n')
	return b.Bytes()
}

// large is a drift of 5,000 actions and a group of as many members.
func large() *plan.Plan {
	p := drift(group("all", people(5000), people(4000)))
	for _, who := range people(5000) {
		more := drift(role(who, "Lead", "Tester"))
		p.Batches = append(p.Batches, more.Batches...)
	}
	for i := range 1000 {
		p.Notes = append(p.Notes, plan.Note{Code: "reading", Text: fmt.Sprint("note ", i)})
		p.Guards = append(p.Guards, plan.GuardResult{Guard: "max_removals_per_group", Status: plan.GuardRefused, Subject: fmt.Sprint("group ", i), Text: "too many"})
	}
	p.Summary.Actions = 5001
	return p
}

func TestWebhook_fitsItsSchema(t *testing.T) {
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat = true
	if err := compiler.AddResource("notify.json", bytes.NewReader(schema.Notify())); err != nil {
		t.Fatal(err)
	}
	compiled, err := compiler.Compile("notify.json")
	if err != nil {
		t.Fatal(err)
	}
	scoped := small()
	scoped.Scope, scoped.Target.Simulator, scoped.Summary.SeatLimit = plan.Scope{Only: []string{"group:qa"}, NoRemovals: true}, true, 420
	for name, p := range map[string]*plan.Plan{"small": small(), "large": large(), "hostile": hostile(), "projects": projects(), "scoped": scoped, "the least": drift(role("a@x.example", "b", "c"))} {
		t.Run(name, func(t *testing.T) {
			text := message(t, notify.Webhook, p)
			var v any
			if err := json.Unmarshal(text, &v); err != nil {
				t.Fatal(err)
			}
			if err := compiled.Validate(v); err != nil {
				t.Errorf("%#v", err)
			}
		})
	}
}

func TestWebhook_countsWhatItDoesNotName(t *testing.T) {
	text := message(t, notify.Webhook, large())
	var d notify.Document
	if err := json.Unmarshal(text, &d); err != nil {
		t.Fatal(err)
	}
	if len(text) > 64<<10 {
		t.Errorf("%d bytes", len(text))
	}
	got := []int{len(d.Actions), d.MoreActions, len(d.Guards), d.MoreGuards, len(d.Notes), d.MoreNotes}
	if diff := cmp.Diff([]int{50, 4951, 20, 980, 20, 980}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	m := d.Actions[0].Members
	if m == nil || len(m.Add) != 20 || m.MoreAdded != 4980 || m.MoreRemoved != 3980 {
		t.Errorf("the removals do not come first, or are not counted: %+v", d.Actions[0])
	}
}

// The schema has every key of the types, and what it shares with a plan is the same.
func TestSchema_describesADocument(t *testing.T) {
	type node struct {
		Properties map[string]json.RawMessage
		Required   []string
		Defs       map[string]json.RawMessage `json:"$defs"`
	}
	parse := func(text []byte) (n node) {
		if err := json.Unmarshal(text, &n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	ours, plans := parse(schema.Notify()), parse(schema.Plan())
	for name, of := range map[string]reflect.Type{
		"": reflect.TypeFor[notify.Document](), "action": reflect.TypeFor[notify.Action](), "members": reflect.TypeFor[notify.Members](), "guard": reflect.TypeFor[notify.Guard](),
	} {
		n := ours
		if name != "" {
			n = parse(ours.Defs[name])
		}
		var all, required, described []string
		for field := range of.Fields() {
			key, options, _ := strings.Cut(field.Tag.Get("json"), ",")
			all = append(all, key)
			if options == "" {
				required = append(required, key)
			}
		}
		for key := range n.Properties {
			described = append(described, key)
		}
		for _, lists := range [][2][]string{{all, described}, {required, n.Required}} {
			slices.Sort(lists[0])
			slices.Sort(lists[1])
			if diff := cmp.Diff(lists[0], lists[1]); diff != "" {
				t.Errorf("%q (-type +schema):\n%s", name, diff)
			}
		}
	}
	for _, name := range []string{"note", "summary", "target", "scope", "field_change", "kind", "position"} {
		var a, b bytes.Buffer
		if json.Compact(&a, ours.Defs[name]) != nil || json.Compact(&b, plans.Defs[name]) != nil || a.String() != b.String() {
			t.Errorf("%s is another than that of a plan:\n%s\n%s", name, &a, &b)
		}
	}
}

// slackMessage is a message as a receiver reads it.
type slackMessage struct {
	Text   string
	Blocks []struct {
		Type string
		Text struct {
			Type, Text string
			Verbatim   bool
			Emoji      *bool
		}
	}
}

func slackOf(t *testing.T, p *plan.Plan) slackMessage {
	t.Helper()
	var m slackMessage
	if err := json.Unmarshal(message(t, notify.Slack, p), &m); err != nil {
		t.Fatal(err)
	}
	return m
}

func TestSlack_staysWithinItsLimits(t *testing.T) {
	for name, p := range map[string]*plan.Plan{"small": small(), "large": large(), "hostile": hostile(), "projects": projects()} {
		t.Run(name, func(t *testing.T) {
			m := slackOf(t, p)
			if len(m.Blocks) == 0 || len(m.Blocks) > 50 || len(m.Text) > 300 {
				t.Errorf("%d blocks, %d bytes of text", len(m.Blocks), len(m.Text))
			}
			whole := 0
			for i, b := range m.Blocks {
				most := map[string]int{"header": 150, "section": 3000}[b.Type]
				n := len(utf16.Encode([]rune(b.Text.Text)))
				if n == 0 || n > most {
					t.Errorf("block %d: %d characters in a %s", i, n, b.Type)
				}
				whole += n
			}
			if whole > 10_000 { // Slack was seen to refuse 11,400
				t.Errorf("%d characters in all", whole)
			}
		})
	}
}

// No name of others is a mention, a link or markup: everything of theirs stands between fences, which none of it ends, and
// Slack is told to make nothing of it.
func TestSlack_hostileNamesAreLetters(t *testing.T) {
	m := slackOf(t, hostile())
	if strings.ContainsAny(m.Text, "<>&@`*") {
		t.Errorf("the text has a name in it: %s", m.Text)
	}
	named := 0
	for i, b := range m.Blocks {
		if b.Type == "header" {
			if b.Text.Type != "plain_text" || b.Text.Emoji == nil || *b.Text.Emoji {
				t.Errorf("header: %+v", b.Text)
			}
			continue
		}
		if b.Text.Type != "mrkdwn" || !b.Text.Verbatim {
			t.Errorf("block %d: %+v", i, b.Text)
		}
		parts := strings.Split(b.Text.Text, "```")
		if len(parts) != 3 || parts[2] != "" || strings.Contains(parts[1], "`") {
			t.Errorf("block %d has %d parts between fences: %s", i, len(parts), b.Text.Text)
			continue
		}
		if strings.ContainsAny(b.Text.Text, "<>") {
			t.Errorf("block %d has a sign that Slack reads: %s", i, b.Text.Text)
		}
		bare := strings.NewReplacer("&lt;", "", "&gt;", "", "&amp;", "").Replace(parts[1])
		if strings.Contains(bare, "&") || strings.ContainsAny(bare, "\x1b\u202e") {
			t.Errorf("block %d: %q", i, parts[1])
		}
		if strings.Contains(parts[1], "&lt;!channel&gt;") {
			named++
		}
	}
	if named == 0 {
		t.Error("the names are not there")
	}
}

func TestSlack_removalsComeFirst(t *testing.T) {
	var order []string
	for _, b := range slackOf(t, small()).Blocks {
		title, _, _ := strings.Cut(b.Text.Text, "\n")
		order = append(order, title)
	}
	want := []string{"rollcall: 3 actions of drift", "*The tool is not as the roster says*", "*Refused by a guard: apply would not do this (1)*",
		"*Deactivations (1)*", "*Removals (1)*", "*Changes of people (1)*", "*Notes (1)*"}
	if diff := cmp.Diff(want, order); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	text := fmt.Sprint(slackOf(t, large()))
	for _, part := range []string{"Removals (1)", "Changes of people (5000)", "and 4971 more: rollcall drift shows all", "and 990 more"} {
		if !strings.Contains(text, part) {
			t.Errorf("%q is not there", part)
		}
	}
}
