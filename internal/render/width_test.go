package render_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"unicode"

	"rollcall/internal/apply"
	"rollcall/internal/directory"
	"rollcall/internal/plan"
	"rollcall/internal/render"
)

// named are names of one to some characters, with the columns that a terminal shows each in.
func named() map[string]int {
	return map[string]int{
		"Ana":                3,
		"José":               4,
		"Jose\u0301":         4, // a mark above the letter before
		"Nguye\u0302\u0303n": 6,
		"佐藤　花子":              10, // five wide characters
		"ｱｲｳ":                3,  // narrow forms
		"Ｗｉｄｅ":               8,  // wide forms
		"김민준":                6,
		"\u1112\u1161\u11ab": 2, // a syllable of three parts
		"😀 QA":               5,
		"❤\ufe0f QA":         5, // a symbol that is shown as an emoji
		"สมชาย":              5,
		"ที่":                1, // two marks above one consonant
		"नमस्ते":             4,
		"שלום":               4,
		"مرحبا":              5,
		"Ж":                  1,
		"∑ ½":                3,
	}
}

// wide returns the columns of a line that holds ASCII, our own signs and characters of the names.
func wide(line string) int {
	n := 0
	for _, r := range line {
		switch {
		case strings.ContainsRune("佐藤花子　Ｗｉｄｅ김민준😀\u1112", r):
			n += 2
		case unicode.Is(unicode.Mn, r) && r != '\ufe0f', r == '\u1161', r == '\u11ab':
		default:
			n++ // the selector that makes a symbol an emoji makes it one column wider
		}
	}
	return n
}

func TestNames_areAsWideAsTerminalsShowThem(t *testing.T) {
	for name, columns := range named() {
		if got := wide(name); got != columns {
			t.Errorf("%q is measured as %d columns, and a terminal shows %d", name, got, columns)
		}
	}
}

// international has a person and a group of each name, in every kind of row that text knows.
func international() *plan.Plan {
	p := base(50)
	var users, groups, projects []plan.Action
	for i, name := range sortedNames(asPages(named())) {
		who, line := fmt.Sprintf("p%d@acme.example", i), 10+i
		users = append(users, plan.Action{ID: who, Kind: plan.UpdateUser, Subject: who, Cause: plan.CauseDeclared, Source: at("users.yaml", line, 5),
			Fields: []plan.FieldChange{changes(plan.FieldName, plan.Text("Ana"), plan.Text(name)), changes(plan.FieldRole, plan.Text(name), plan.Text("Lead"))}})
		groups = append(groups, plan.Action{ID: name, Kind: plan.UpdateGroup, Subject: name, Cause: plan.CauseDeclared, Source: at("users.yaml", 100+line, 5),
			Members: &plan.MemberChange{Add: members("new", 2+i%7), Remove: members("gone", i%2), Keep: i}},
			plan.Action{ID: "to " + name, Kind: plan.CreateGroup, Subject: "to " + name, Cause: plan.CauseDeclared, Source: at("teams/"+name+".yaml", line, 5),
				Members: &plan.MemberChange{Add: members("new", 1)}})
		projects = append(projects, joins(name, name, i, at("users.yaml", line, 17), []string{"bo@acme.example", who, "new@acme.example"}[:1+i%3]...),
			leaves("from "+name, i, at("teams/"+name+".yaml", line, 9), members("gone", 1+i%5)...))
		p.Notes = append(p.Notes, plan.Note{Code: "other_members", Subject: name, Source: at("users.yaml", line, 5), Text: "keeps 3 members that the file does not list; so would `mode: exact`, and this sentence goes on and on"})
		p.Guards = append(p.Guards,
			plan.GuardResult{Guard: directory.GuardMaxRemovalsPerGroup, Status: plan.GuardRefused, Subject: name, Count: 9, Limit: 1, Source: at("users.yaml", 7, 3),
				Text: "9 of 12 members removed, limit 1", Hint: "if this is meant for " + name + ", put this under guards.allow, in place of users.yaml:9:5"},
			plan.GuardResult{Guard: directory.GuardKeptAccess, Status: plan.GuardNoted, Subject: name, Count: 1, Source: at("users.yaml", line, 5),
				Text: "group " + name + " was taken out of the roster and stays as it is, with 12 members", Hint: "empty it first, or delete it"})
		p.Manual = append(p.Manual, plan.ManualStep{Action: users[len(users)-1], Where: "Administration > Projects > " + name + " > Access > and so on, down to the last page"})
	}
	for i := range users {
		users[i].Origin, groups[2*i].Origin = []plan.Origin{plan.OriginChange, plan.OriginDrift}[i%2], plan.OriginDrift
		groups[2*i+1].Origin = plan.OriginChange
	}
	p.Summary.SeatReserve = 5
	p.Batches = []plan.Batch{{Stage: plan.StageUpdateUsers, Actions: users}, {Stage: plan.StageSetMembers, Actions: groups},
		{Stage: "add_to_projects", Actions: projects}}
	return counted(p)
}

// asPages makes names what sortedNames takes.
func asPages(names map[string]int) map[string]string {
	pages := make(map[string]string, len(names))
	for name := range names {
		pages[name] = ""
	}
	return pages
}

// fits fails for a line that is wider than the terminal and could be broken: at its indent it is more than one word. What is
// to be pasted or copied, entries and commands, stays in one piece.
func fits(t *testing.T, what, text string, width int) {
	t.Helper()
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
		pasted := strings.HasPrefix(line, "        - ") || strings.HasPrefix(line, "  rollcall ")
		if wide(line) > width && !pasted && strings.Contains(strings.TrimSpace(line), " ") {
			t.Errorf("%s has %d columns of %d: %q", what, wide(line), width, line)
		}
	}
}

func TestText_fitsTheTerminal(t *testing.T) {
	for width := 60; width <= 200; width += 7 {
		t.Run(fmt.Sprint(width), func(t *testing.T) {
			for name, p := range plans() {
				if !strings.HasPrefix(name, "hostile") { // its heaps and fillers have no width that could be said here
					fits(t, name, planText(t, p, render.TextOptions{Width: width, Verbose: true}), width)
				}
			}
			fits(t, "difference", differenceText(t, month(), changedAll(month()), render.TextOptions{Width: width}), width)
			for name, r := range reports() {
				if !strings.HasPrefix(name, "hostile") {
					fits(t, "report "+name, reportText(t, r, render.TextOptions{Width: width, Verbose: true}), width)
				}
			}
		})
	}
}

// Whatever a name is made of, what stands behind it is in its column, and no line is wider than the terminal.
func TestText_alignsNamesOfEveryScript(t *testing.T) {
	for _, width := range []int{60, 80, 120, 200} {
		t.Run(fmt.Sprint(width), func(t *testing.T) {
			for _, opts := range []render.TextOptions{{Width: width}, {Width: width, Verbose: true}} {
				text := planText(t, international(), opts)
				fits(t, "plan", text, width)
				aligned(t, text, "  teams/", "  users.yaml:")
				run := report(international(), apply.NotConverged, 5, nil)
				for i := range run.Outcomes {
					run.Outcomes[i].Status, run.Outcomes[i].Error = apply.Failed, "group "+run.Outcomes[i].Subject+": update: POST update_group/7: HTTP 500: something went wrong on the way"
				}
				fits(t, "report", reportText(t, run, opts), width)
			}
		})
	}
}

// aligned fails unless within each section sources that stand behind something start in one column.
func aligned(t *testing.T, text string, sources ...string) {
	t.Helper()
	column, section := 0, ""
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, " ") {
			column, section = 0, strings.TrimSpace(line)
			continue
		}
		for _, source := range sources {
			at := strings.LastIndex(line, source)
			if at < 0 || strings.TrimSpace(line[:at]) == "" || strings.Contains(line[:at], "hint") || strings.HasPrefix(line, "      ") {
				continue
			}
			at += strings.Index(line[at:], strings.TrimSpace(source))
			switch found := wide(line[:at]); {
			case column == 0:
				column = found
			case column != found:
				t.Errorf("%s: a source in column %d, others in %d: %q", section, found, column, line)
			}
		}
	}
}

func TestText_goldenOfNamesOfEveryScript(t *testing.T) {
	golden(t, "plan-international.60.txt", []byte(planText(t, international(), render.TextOptions{Width: 60, Verbose: true})))
}

func TestTable_cutsNamesOfEveryScript(t *testing.T) {
	var rows [][]string
	for name := range named() {
		rows = append(rows, []string{name, strings.Repeat(name, 30), "x"})
	}
	for width := 30; width < 60; width++ {
		var b bytes.Buffer
		if err := render.Table(&b, []string{"name", "groups", "end"}, rows, render.TextOptions{Width: width}); err != nil {
			t.Fatal(err)
		}
		column := strings.Index(b.String(), "end")
		for line := range strings.Lines(b.String()) {
			line = strings.TrimSuffix(line, "\n")
			if wide(line) > width || wide(line[:len(line)-1]) != column && !strings.HasSuffix(line, "end") {
				t.Errorf("%d columns of %d, the last in %d and not %d: %q", wide(line), width, wide(line[:len(line)-1]), column, line)
			}
		}
	}
}
