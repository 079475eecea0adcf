package spec_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/spec"
)

// narrow are two tools, each of which lacks what the other has.
func narrow() []spec.Tool {
	return []spec.Tool{
		{Kind: "alpha", Lacks: map[string]string{"role": "give rights by groups", "mfa_required": ""}},
		{Kind: "beta", Lacks: map[string]string{"auth": "", "projects": "", "given_name": "write name"}},
	}
}

func TestLoad_refusesWhatTheToolCannotHold(t *testing.T) {
	const bo = "version: 1\nusers:\n  - email: bo@acme.example\n    role: Tester\n    auth: {system: x}\n"
	for _, tt := range []struct {
		name  string
		files files
		kind  string // what the command line and the environment say
		want  []string
	}{
		{name: "a tool that nobody knows is not held against the keys", files: files{"users.yaml": bo}},
		{name: "the tool of the run", files: files{"users.yaml": bo}, kind: "alpha", want: []string{
			`users.yaml:4:5: key "role" is nothing that alpha can hold`,
		}},
		{name: "the tool of the roster wins, wherever it stands", files: files{"users.yaml": bo + "target: {kind: beta}\n"}, kind: "alpha", want: []string{
			`users.yaml:5:5: key "auth" is nothing that beta can hold`,
		}},
		{name: "a target without a kind says nothing", files: files{"users.yaml": bo + "target: {url: https://acme.example}\n"}, kind: "alpha", want: []string{
			`users.yaml:4:5: key "role" is nothing that alpha can hold`,
		}},
		{name: "a kind that is unknown is problem enough", files: files{"users.yaml": bo + "target: {kind: alpa}\n"}, kind: "alpha", want: []string{
			`users.yaml:6:16: kind must be alpha or beta, not "alpa", did you mean "alpha"?`,
		}},
		{name: "a tool of the run that has no table", files: files{"users.yaml": bo}, kind: "gamma"},
		{name: "each key and each problem of its value, in the defaults and in included files too", files: files{
			"users.yaml": "version: 1\ndefaults: {user: {mfa_required: true, active: true, role: 7}}\ntarget: {kind: alpha}\ninclude: [{files: team.yaml, domains: [acme.example]}]\nusers: [{email: ana@acme.example, mfa_required: maybe}]\n",
			"team.yaml":  "users:\n  - {email: bo@acme.example, role: Tester}\n",
		}, want: []string{
			`team.yaml:2:30: key "role" is nothing that alpha can hold`,
			`team.yaml:2:36: role "Tester" is outside of what this file may grant`,
			`users.yaml:2:19: key "mfa_required" is nothing that alpha can hold`,
			`users.yaml:2:53: key "role" is nothing that alpha can hold`,
			`users.yaml:2:59: role must be a text, not 7`,
			`users.yaml:5:35: key "mfa_required" is nothing that alpha can hold`,
			`users.yaml:5:49: mfa_required must be true or false, not the text "maybe"`,
		}},
		{name: "what an include entry grants may be for another tool", files: files{
			"users.yaml": "version: 1\ntarget: {kind: beta}\ninclude: [{files: team.yaml, projects: [a], profiles: [b], allow_keys: [auth]}]\nusers: [{email: ana@acme.example}]\n", "team.yaml": "",
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.files.write(t)
			_, err := spec.Load("users.yaml", spec.Options{Tools: narrow(), Kind: tt.kind})
			var got []string
			for _, p := range listed(t, err) {
				got = append(got, p.Pos.String()+": "+p.Text)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

func TestLoad_hintsOnWhatTheToolCannotHold(t *testing.T) {
	files{"users.yaml": "version: 1\ntarget: {kind: beta}\nusers: [{email: bo@acme.example, given_name: Bo}]\n"}.write(t)
	_, err := spec.Load("users.yaml", spec.Options{Tools: narrow()})
	var wrong *spec.ProblemsError
	if !errors.As(err, &wrong) || len(wrong.Problems) != 1 || wrong.Problems[0].Hint != "write name" {
		t.Errorf("Load: %+v, want one problem with the tool's hint", wrong)
	}
}
