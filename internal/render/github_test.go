package render_test

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"rollcall/internal/directory"
	"rollcall/internal/plan"
	"rollcall/internal/render"
)

// command is a workflow command as GitHub's runner reads it.
type command struct {
	name, data string
	properties map[string]string
}

// parseCommand reads a line as the runner does: the name up to a space, properties up to the second ::, the rest is data.
func parseCommand(t *testing.T, line string) command {
	t.Helper()
	m := regexp.MustCompile(`^::(error|warning|notice) (.*?)::(.*)$`).FindStringSubmatch(line)
	if m == nil {
		t.Fatalf("no command: %q", line)
	}
	c := command{name: m[1], properties: make(map[string]string)}
	decode := func(s string) string {
		return strings.NewReplacer("%0D", "\r", "%0A", "\n", "%3A", ":", "%2C", ",", "%25", "%").Replace(s)
	}
	c.data = decode(m[3])
	for _, p := range strings.Split(m[2], ",") {
		name, value, ok := strings.Cut(p, "=")
		if !ok || c.properties[name] != "" {
			t.Errorf("property %q in %q", p, line)
		}
		c.properties[name] = decode(value)
	}
	return c
}

func commands(t *testing.T, text string) []command {
	t.Helper()
	var list []command
	for line := range strings.Lines(text) {
		list = append(list, parseCommand(t, strings.TrimSuffix(line, "\n")))
	}
	return list
}

func TestGitHub_noNameBreaksOut(t *testing.T) {
	for what, text := range map[string]string{
		"plan":   planAs(t, render.FormatGitHub, hostile(), render.TextOptions{}),
		"report": reportAs(t, render.FormatGitHub, hostileReport(), render.TextOptions{}),
	} {
		for _, c := range commands(t, text) {
			for name := range c.properties {
				if name != "file" && name != "line" && name != "col" && name != "title" {
					t.Errorf("%s: property %q of %+v", what, name, c)
				}
			}
		}
	}
	p := base(1)
	evil := "a,line=1::x%0A::error::y: z"
	p.Batches = []plan.Batch{{Actions: []plan.Action{{ID: "a", Kind: plan.DeactivateUser, Subject: evil, Cause: plan.CauseLeaver, Source: at("a,b:c%2C.yaml", 7, 9)}}}}
	got := commands(t, planAs(t, render.FormatGitHub, counted(p), render.TextOptions{}))[0]
	if got.properties["file"] != "a,b:c%2C.yaml" || got.properties["line"] != "7" || got.properties["col"] != "9" || !strings.Contains(got.data, "x%0A::error::y: z") {
		t.Errorf("got %+v", got)
	}
}

// GitHub shows ten of a kind and says nothing of the others.
func TestGitHub_moreThanItShows(t *testing.T) {
	for _, row := range []struct {
		name  string
		whole string
		where string
	}{
		{"with a file of everything", "plan.json", "all of them are in plan.json"},
		{"without one", "", "--report FILE.json keeps all of them"},
	} {
		t.Run(row.name, func(t *testing.T) {
			p := crowded()
			for i := range 12 {
				p.Guards = append(p.Guards, plan.GuardResult{Guard: directory.GuardMaxRemovalsPerGroup, Status: plan.GuardRefused, Subject: fmt.Sprint("g", i), Text: "too many"})
			}
			list := commands(t, planAs(t, render.FormatGitHub, p, render.TextOptions{WholeFile: row.whole}))
			n := make(map[string]int)
			for i, c := range list {
				n[c.name]++
				if i > 0 && strings.Index("error warning notice", c.name) < strings.Index("error warning notice", list[i-1].name) {
					t.Errorf("%s behind %s", c.name, list[i-1].name)
				}
			}
			if n["error"] != 10 || n["warning"] != 10 || n["notice"] != 10 {
				t.Errorf("got %v", n)
			}
			last := list[len(list)-1]
			want := "beyond what GitHub shows: 2 errors, 118 warnings, 4,864 notices; " + row.where
			if last.data != want {
				t.Errorf("the last says\n %s, want\n %s", last.data, want)
			}
			if warned := list[10]; !strings.Contains(warned.data, "admin: false → true") {
				t.Errorf("the first warning is %+v", warned)
			}
		})
	}
}

func TestGitHub_guardsStandAtTheActionTheyAreAbout(t *testing.T) {
	p := month()
	p.Guards = append(p.Guards, plan.GuardResult{Guard: directory.GuardProtect, Status: plan.GuardRefused, Subject: "max@acme.example", Text: "protected", Hint: "leave it"})
	c := commands(t, planAs(t, render.FormatGitHub, p, render.TextOptions{}))[0]
	if c.name != "error" || c.properties["file"] != "users.yaml" || c.properties["line"] != "25" || c.data != "max@acme.example: protected (hint: leave it)" {
		t.Errorf("got %+v", c)
	}
}

// A leaver without an account may be somebody who keeps access; other notes are for whoever looks closer.
func TestGitHub_notes(t *testing.T) {
	at := &directory.Pos{File: "users.yaml", Line: 3, Column: 5}
	p := empty()
	p.Notes = []plan.Note{{Code: plan.NoteLeaverUnknown, Subject: "a@acme.example", Text: "no account", Source: at}, {Code: plan.NoteListedInactive, Subject: "b@acme.example", Text: "left alone", Source: at}}
	var got []string
	for _, c := range commands(t, planAs(t, render.FormatGitHub, p, render.TextOptions{})) {
		if c.properties["file"] != "" {
			got = append(got, c.name+" "+c.data)
		}
	}
	if want := []string{"warning a@acme.example: no account", "notice b@acme.example: left alone"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestProblemsGitHub(t *testing.T) {
	var problems []directory.Problem
	for i := range 25 {
		problems = append(problems, directory.Problem{Pos: directory.Pos{File: "users.yaml", Line: i + 1, Column: 3}, Text: "unknown role \"Testr\"", Hint: "did you mean \"Tester\"?"})
	}
	problems[0].Pos = directory.Pos{}
	problems[1].Pos = directory.Pos{File: "a.yaml"}
	var b bytes.Buffer
	if err := render.ProblemsGitHub(&b, problems); err != nil {
		t.Fatal(err)
	}
	list := commands(t, b.String())
	if len(list) != 11 || list[10].data != "beyond what GitHub shows: 15 errors; the log of this step has all of them" {
		t.Fatalf("%d lines, the last %+v", len(list), list[len(list)-1])
	}
	if p := list[0].properties; p["file"] != "" || p["title"] != "rollcall" {
		t.Errorf("a problem without a place: %v", p)
	}
	if p := list[1].properties; p["file"] != "a.yaml" || p["line"] != "" {
		t.Errorf("a problem of a file: %v", p)
	}
	if c := list[2]; c.name != "error" || c.properties["line"] != "3" || c.properties["col"] != "3" || c.data != `unknown role "Testr" (hint: did you mean "Tester"?)` {
		t.Errorf("got %+v", c)
	}
}
