package render_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/apply"
	"rollcall/internal/directory"
	"rollcall/internal/plan"
	"rollcall/internal/render"
)

func unverifiable(field plan.Field, now plan.Value) plan.FieldChange {
	return plan.FieldChange{Field: field, New: now, Unverifiable: true}
}

// joins is an action that adds people to a project; the line of each is one further down.
func joins(project, profile string, keep int, first *directory.Pos, people ...string) plan.Action {
	a := plan.Action{ID: "add_to_project:" + project + " as " + profile, Kind: plan.AddToProject, Subject: project, SubjectID: 9, Cause: plan.CauseDeclared, Source: first,
		Fields:  []plan.FieldChange{unverifiable(plan.FieldProfile, plan.Text(profile))},
		Members: &plan.MemberChange{Add: []plan.Member{}, Remove: []plan.Member{}, Keep: keep}}
	for i, who := range people {
		a.Members.Add = append(a.Members.Add, plan.Member{User: directory.Email(who), ID: directory.UserID(i + 100), Source: at(first.File, first.Line+4*i, first.Column)})
	}
	return a
}

// leaves is an action that removes people from a project.
func leaves(project string, keep int, first *directory.Pos, people ...plan.Member) plan.Action {
	return plan.Action{ID: "remove_from_project:" + project, Kind: plan.RemoveFromProject, Subject: project, SubjectID: 9, Cause: plan.CauseDeclared, Source: first,
		Members: &plan.MemberChange{Add: []plan.Member{}, Remove: people, Keep: keep}}
}

// projects is a plan for a tool that has projects with members, names in two parts, ways to sign on and fields that can be
// written and not read, and whose API can't change an address or a group's name.
func projects() *plan.Plan {
	p := base(240)
	p.Target = plan.Target{Kind: "qtest", URL: "https://acme.qtestnet.com"}
	p.Summary.SeatsAfter = 411
	many := joins("Mobile App", "Test Lead", 12, at("teams/mobile.yaml", 8, 20), "ana.ruiz@acme.example", "bo@acme.example", "cy.young@acme.example", "dee@acme.example")
	many.Members.Add[3].Source = at("users.yaml", 90, 20)
	gone := leaves("Legacy, 2019", 4, at("users.yaml", 44, 15), plan.Member{User: "eve@acme.example", ID: 30, Was: at("users.yaml", 44, 40)})
	group := plan.Action{ID: "g1", Kind: plan.UpdateGroup, Subject: "release managers", SubjectID: 4, Cause: plan.CauseDeclared, Source: at("users.yaml", 66, 5),
		Members: &plan.MemberChange{Add: []plan.Member{{User: "bo@acme.example", ID: 101}}, Remove: []plan.Member{}, Keep: 3}, Detail: "its members may manage users"}
	p.Batches = []plan.Batch{
		{Stage: plan.StageCreateUsers, Reason: "each with the groups he belongs to", Actions: []plan.Action{
			{ID: "c1", Kind: plan.CreateUser, Subject: "ana.ruiz@acme.example", Cause: plan.CauseDeclared, Source: at("teams/mobile.yaml", 6, 5),
				Fields: []plan.FieldChange{changes(plan.FieldGivenName, plan.Value{}, plan.Text("Ana María")), changes(plan.FieldFamilyName, plan.Value{}, plan.Text("Ruiz")),
					changes(plan.FieldActive, plan.Value{}, plan.Flag(true)), changes(plan.FieldSignOn, plan.Value{}, plan.Text("Corporate SSO")),
					unverifiable(plan.FieldExternalName, plan.Text(`ACME\aruiz`))}},
		}},
		{Stage: plan.StageUpdateUsers, Reason: "addresses, names, roles, flags", Actions: []plan.Action{
			{ID: "u1", Kind: plan.UpdateUser, Subject: "ines.ortega@acme.example", SubjectID: 7, Cause: plan.CauseDeclared, Source: at("users.yaml", 12, 5),
				Fields: []plan.FieldChange{changes(plan.FieldFamilyName, plan.Text("Ortega"), plan.Text("Ortega Vidal")), changes(plan.FieldSignOn, plan.Text("Internal"), plan.Text("Corporate SSO")),
					unverifiable(plan.FieldExternalName, plan.Text("iortega"))}},
		}},
		{Stage: plan.StageSetMembers, Reason: "each person's full set of groups, read again just before", Actions: []plan.Action{group}},
		{Stage: "add_to_projects", Reason: "groups may have brought people into projects", Actions: []plan.Action{
			many,
			joins("Payments", "Developer", 30, at("users.yaml", 31, 17), "bo@acme.example"),
			joins("Website", "Developer", 0, at("users.yaml", 31, 40), "bo@acme.example", "eve@acme.example"),
		}},
		{Stage: "remove_from_projects", Reason: "after every addition", Actions: []plan.Action{
			gone, leaves("Sandbox", 0, at("users.yaml", 48, 15), members("left", 5)...),
		}},
	}
	p.Manual = []plan.ManualStep{
		{Action: plan.Action{ID: "m1", Kind: plan.UpdateUser, Subject: "dana.kim-reyes@acme.example", SubjectID: 8, Cause: plan.CauseDeclared, Source: at("users.yaml", 17, 5),
			Fields: []plan.FieldChange{changes(plan.FieldEmail, plan.Text("dana.kim@acme.example"), plan.Text("dana.kim-reyes@acme.example"))},
			Detail: "the API can't change the address that somebody signs in with"}, Where: "Administration > Users"},
		{Action: plan.Action{ID: "m2", Kind: plan.UpdateGroup, Subject: "mobile-qa", SubjectID: 5, Cause: plan.CauseDeclared, Source: at("users.yaml", 70, 5),
			Fields:  []plan.FieldChange{changes(plan.FieldName, plan.Text("Mobile Testers"), plan.Text("mobile-qa"))},
			Members: &plan.MemberChange{Add: []plan.Member{}, Remove: []plan.Member{}, Keep: 9}, Detail: "the API can't rename a group"}, Where: "Administration > User Groups"},
		{Action: plan.Action{ID: "m3", Kind: plan.DeleteGroup, Subject: "Old Group", SubjectID: 6, Cause: plan.CauseUnlisted,
			Members: &plan.MemberChange{Add: []plan.Member{}, Remove: []plan.Member{{User: "max@acme.example", ID: 10}}}, Detail: "the API can't delete a group"}, Where: "Administration > User Groups"},
		{Action: leaves("Archive", 2, at("users.yaml", 52, 15), plan.Member{User: "fay@acme.example", ID: 31}), Where: "Projects > Archive > Settings > Users"},
	}
	p.Notes = []plan.Note{
		{Code: "name_not_compared", Text: "the names of 12 people come from their directory service: not compared"},
		{Code: "pending", Subject: "gil@acme.example", Text: "invited and not active yet", Source: at("users.yaml", 80, 5)},
		{Code: "unverifiable", Subject: "profile", Text: "profiles in projects can be written and not read: those of 31 people are not compared"},
	}
	return counted(p)
}

// projectsReport is a run of that plan in which one addition failed and another was blocked.
func projectsReport() *apply.Report {
	p := projects()
	r := report(p, apply.NotConverged, 5, map[string]apply.Outcome{
		"add_to_project:Mobile App as Test Lead": {Status: apply.Blocked, Error: "it needs ana.ruiz@acme.example, who could not be created"},
		"add_to_project:Payments as Developer": {Status: apply.Failed, Started: clock(3), Finished: clock(4), HTTPStatus: 403,
			Error: "project Payments: add: POST users/projects: HTTP 403: No permission"},
		"add_to_project:Website as Developer": {Status: apply.Done, Started: clock(4), Finished: clock(5), HTTPStatus: 200,
			Remarks: []string{"eve@acme.example was a member already, and keeps the profile that nobody can read"}},
	})
	r.Remaining = []apply.Remaining{{Action: p.Batches[3].Actions[1], By: "ours"}}
	return r
}

// hostileProjects has projects and profiles of every name that would do harm, and of some that run from right to left.
func hostileProjects() *plan.Plan {
	p := base(12)
	texts := append(hostileTexts(), "פרויקט", "مشروع (unverifiable)", "Developer (unverifiable)")
	add, remove := plan.Batch{Stage: "add_to_projects", Reason: "x"}, plan.Batch{Stage: "remove_from_projects", Reason: "x"}
	for i, text := range texts {
		first := at("teams/"+text+".yaml", i+1, 3)
		a := joins(text, text, i%3, first, text, text)
		a.Members.Add = a.Members.Add[:1+i%2]
		b := leaves(text, i%2, first, plan.Member{User: directory.Email(text), ID: 5, Was: first})
		a.ID, b.ID = fmt.Sprintf("a%d", i), fmt.Sprintf("r%d", i)
		add.Actions, remove.Actions = append(add.Actions, a), append(remove.Actions, b)
		p.Manual = append(p.Manual, plan.ManualStep{Action: plan.Action{ID: fmt.Sprintf("m%d", i), Kind: plan.DeleteGroup, Subject: text, Cause: plan.CauseDeclared, Source: first,
			Fields: []plan.FieldChange{unverifiable(plan.FieldExternalName, plan.Text(text))}, Detail: text}, Where: text})
	}
	p.Batches = []plan.Batch{add, remove}
	return counted(p)
}

func hostileProjectsReport() *apply.Report {
	return report(hostileProjects(), apply.NotConverged, 5, map[string]apply.Outcome{"a0": {Status: apply.Failed, Error: hostileTexts()[0], Remarks: []string{hostileTexts()[2]}}})
}

// Who comes to a project, as what, and by which line; who goes stands before that, among the removals.
func TestFormats_showWhoComesToAProjectAndWhoGoes(t *testing.T) {
	for _, row := range []struct {
		format render.Format
		want   []string
	}{
		{render.FormatText, []string{
			"\nRemovals (2)\n", "  − remove from project \"Legacy, 2019\"  users.yaml:44:15\n      members: −eve@acme.example (was users.yaml:44:40) (4 stay)\n",
			"\nProject access (3)\n",
			"  + add to project Mobile App\n      members: 4 added as Test Lead (unverifiable), 12 stay\n",
			"        +ana.ruiz@acme.example (teams/mobile.yaml:8:20)\n", "        +dee@acme.example (users.yaml:90:20)\n",
			"  + add to project Payments    users.yaml:31:17\n      members: +bo@acme.example as Developer (unverifiable) (30 stay)\n",
			"  + add to project Website\n      members: +bo@acme.example (users.yaml:31:40) +eve@acme.example (users.yaml:35:40) as Developer (unverifiable)\n",
		}},
		{render.FormatMarkdown, []string{
			"### Removals (2)", "| − remove from project | `\"Legacy, 2019\"` | members: −`eve@acme.example` (was `users.yaml:44:40`) (4 stay) | `users.yaml:44:15` |",
			"### Project access (3)", "| + add to project | `Mobile App` | members: 4 added as `Test Lead` (unverifiable), 12 stay |  |",
			"|  |  | +`ana.ruiz@acme.example` (`teams/mobile.yaml:8:20`) +`bo@acme.example` (`teams/mobile.yaml:12:20`)",
			"| + add to project | `Payments` | members: +`bo@acme.example` as `Developer` (unverifiable) (30 stay) | `users.yaml:31:17` |",
			"+`bo@acme.example` (`users.yaml:31:40`) +`eve@acme.example` (`users.yaml:35:40`) as `Developer` (unverifiable) |  |",
		}},
		{render.FormatHTML, []string{
			`id="removals-title"`, "− remove from project", "<bdi>&#34;Legacy, 2019&#34;</bdi>", "1 member removed", "<bdi>eve@acme.example</bdi>", "was at <code>users.yaml:44:40", "4 members stay",
			"Other changes", "&#43; add to project", "<bdi>Mobile App</bdi>", "<dt>profile</dt>", `<ins><bdi>Test Lead</bdi><span class="apart">,</span> <span class="tag">unverifiable</span></ins>`, "4 members added",
			"<bdi>ana.ruiz@acme.example</bdi> <code class=\"source\">teams/mobile.yaml:8:20</code>", "12 members stay",
		}},
		{render.FormatGitHub, []string{
			"::warning file=users.yaml,line=44,col=40,title=rollcall%3A remove from project::\"Legacy, 2019\": members: −eve@acme.example (was users.yaml:44:40) (4 stay)\n",
			"::notice file=teams/mobile.yaml,line=8,col=20,title=rollcall%3A add to project::Mobile App: members: 4 added as Test Lead (unverifiable), 12 stay; the first of those added is here\n",
			"::notice file=users.yaml,line=31,col=17,title=rollcall%3A add to project::Payments: members: +bo@acme.example as Developer (unverifiable) (30 stay)\n",
		}},
		{render.FormatCSV, []string{
			"remove_from_project,\"Legacy, 2019\",", "add_to_project,Mobile App,declared,false,profile,,Test Lead,,,unverifiable,",
			"added,ana.ruiz@acme.example,,teams/mobile.yaml,8,20,", "added,dee@acme.example,,users.yaml,90,20,",
		}},
		{render.FormatJSONL, []string{`{"field":"profile","old":null,"new":"Test Lead","unverifiable":true}`, `"source":{"file":"users.yaml","line":90,"column":20}`}},
		{render.FormatJSON, []string{`"field": "profile"`, `"unverifiable": true`}},
	} {
		t.Run(string(row.format), func(t *testing.T) {
			order(t, planAs(t, row.format, projects(), render.TextOptions{}), row.want...)
		})
	}
}

// What can't be read back is called that wherever it is shown, and the word is explained once; beside the actions it is
// counted, and so is what a person has to do.
func TestFormats_sayWhatIsUnverifiable(t *testing.T) {
	const gloss = "can be written and not read back"
	for _, row := range []struct {
		format       render.Format
		plan, report []string
	}{
		{render.FormatText,
			[]string{`auth.external_name: ACME\aruiz (unverifiable)`, "auth.external_name: unknown → iortega (unverifiable)", "\nalso: 4 manual steps · 5 unverifiable fields (" + gloss + ")\ncost: "},
			[]string{"as Developer (unverifiable)", "\nalso: 4 manual steps · 5 unverifiable fields (" + gloss + ")\nrequests: "}},
		{render.FormatMarkdown,
			[]string{"`auth.external_name`: unknown → `iortega` (unverifiable)", "\nalso: 4 manual steps · 5 unverifiable fields (" + gloss + ")\n\ncost: "},
			[]string{"as `Developer` (unverifiable)", "\nalso: 4 manual steps · 5 unverifiable fields (" + gloss + ")\n\nrequests: "}},
		{render.FormatHTML,
			[]string{"<dt>manual steps</dt><dd><span class=\"figure\">4</span>", "<dt>unverifiable fields</dt><dd><span class=\"figure\">5</span>", gloss, `<dt>auth external name</dt>`, `<ins><bdi>iortega</bdi><span class="apart">,</span> <span class="tag">unverifiable</span></ins>`},
			[]string{"<dt>manual steps</dt>", "<dt>unverifiable fields</dt>", gloss, `<span class="tag">unverifiable</span>`}},
		{render.FormatGitHub,
			[]string{"title=rollcall%3A plan::", " · 4 manual steps · 5 unverifiable fields (" + gloss + ")\n", "iortega (unverifiable)"},
			[]string{"title=rollcall%3A apply::", " · 4 manual steps · 5 unverifiable fields (" + gloss + ")\n"}},
		{render.FormatCSV,
			[]string{" · 4 manual steps · 5 unverifiable fields (" + gloss + ")", "auth.external_name,,iortega,,,unverifiable,"},
			[]string{" · 4 manual steps · 5 unverifiable fields (" + gloss + ")", "unverifiable,"}},
	} {
		t.Run(string(row.format), func(t *testing.T) {
			for _, text := range []string{planAs(t, row.format, projects(), render.TextOptions{}), reportAs(t, row.format, projectsReport(), render.TextOptions{})} {
				if n := strings.Count(text, gloss); n != 1 {
					t.Errorf("the word is explained %d times in\n%s", n, text)
				}
			}
			order(t, planAs(t, row.format, projects(), render.TextOptions{}), row.plan...)
			order(t, reportAs(t, row.format, projectsReport(), render.TextOptions{}), row.report...)
		})
	}
	if text := planText(t, month(), render.TextOptions{}); strings.Contains(text, "unverifiable") {
		t.Errorf("there is nothing to explain in\n%s", text)
	}
}

// A run whose fields can't all be read back does not claim to know that they are in place.
func TestReport_claimsOnlyWhatCanBeReadBack(t *testing.T) {
	order(t, reportText(t, report(projects(), apply.Converged, 0, nil), render.TextOptions{}), "Converged: 8 actions done, everything that can be read back is in place.\n")
	order(t, reportText(t, converged(), render.TextOptions{}), "Converged: 14 actions done, everything is in place.\n")
}

// To have something unverifiable, or a step for a person, is no drift: a plan without actions is empty all the same.
func TestFormats_nothingToDoStaysNothing(t *testing.T) {
	p := projects()
	p.Batches = nil
	p.Summary = base(240).Summary
	counted(p)
	text := planText(t, p, render.TextOptions{Command: render.DriftCommand})
	order(t, text, "No changes.\n", "Manual steps (4)", "Notes (3)", "\nalso: 4 manual steps\n", "next: do the manual steps")
	if strings.Contains(text, "unverifiable fields") {
		t.Errorf("nothing is written, and it is counted:\n%s", text)
	}
	if diff := cmp.Diff("No changes but 4 manual steps.", verdictOf(planHTML(t, p))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func verdictOf(page string) string {
	_, verdict, _ := strings.Cut(page, `<p class="verdict calm">`)
	verdict, _, _ = strings.Cut(verdict, "</p>")
	return verdict
}

// A value that ends like the mark of an unverifiable one is quoted, so that none looks like what it is not.
func TestText_noNameCallsItselfUnverifiable(t *testing.T) {
	p := base(3)
	p.Batches = []plan.Batch{{Actions: []plan.Action{{ID: "u", Kind: plan.UpdateUser, Subject: "ana@acme.example", Cause: plan.CauseDeclared,
		Fields: []plan.FieldChange{changes(plan.FieldRole, plan.Text("Lead"), plan.Text("Lead (unverifiable)"))}}}}}
	order(t, planText(t, counted(p), render.TextOptions{}), `role: Lead → "Lead (unverifiable)"`)
}

func TestText_goldenOfProjects(t *testing.T) {
	for _, width := range []int{60, 80, 120} {
		golden(t, fmt.Sprintf("plan-projects.%d-verbose.txt", width), []byte(planText(t, projects(), render.TextOptions{Width: width, Verbose: true})))
	}
	golden(t, "report-projects.60.txt", []byte(reportText(t, projectsReport(), render.TextOptions{Width: 60})))
}

// The page on formats shows lines of this plan.
func TestPage_showsProjectsAsTheyAreShown(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "formats.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(page), "\n## Projects, and what can't be read back\n")
	_, block, _ := strings.Cut(section, "```text\n")
	block, _, found := strings.Cut(block, "```")
	if !found || len(strings.Split(block, "\n")) < 10 {
		t.Fatalf("the block is %q", block)
	}
	order(t, planText(t, projects(), render.TextOptions{Width: 80}), strings.SplitAfter(block, "\n")...)
}

// What a message says of a project, it says in one line.
func TestOutline_ofProjectsIsForMessages(t *testing.T) {
	o := render.OutlineOf(projects())
	if want := "4 manual steps · 5 unverifiable fields (can be written and not read back)"; o.Beside != want {
		t.Errorf("%q, want %q", o.Beside, want)
	}
	i := slices.IndexFunc(o.Sections, func(s render.OutlineSection) bool { return s.Title == "Project access" })
	if i < 0 || !slices.Contains(o.Sections[i].Lines, "add to project Payments: members: +bo@acme.example as Developer (unverifiable) (30 stay) (users.yaml:31:17)") {
		t.Errorf("%+v", o.Sections)
	}
	if o := render.OutlineOf(month()); o.Beside != "1 manual step" {
		t.Errorf("%q", o.Beside)
	}
}

// No name of a tool stands in what shows plans: all that it says of one comes with the plan.
func TestShowing_namesNoTool(t *testing.T) {
	looked := 0
	for _, folder := range []string{"render", "render/html", "notify", "metrics", "progress"} {
		files, err := filepath.Glob(filepath.Join("..", folder, "*.*"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			content, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			looked++
			for _, tool := range []string{"testrail", "qtest"} {
				if strings.Contains(strings.ToLower(string(content)), tool) {
					t.Errorf("%s names %s", name, tool)
				}
			}
		}
	}
	if looked < 40 {
		t.Errorf("%d files were looked at", looked)
	}
}
