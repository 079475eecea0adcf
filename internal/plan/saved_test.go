package plan_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"regexp"
	"strings"
	"testing"

	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

func TestRead(t *testing.T) {
	good := written(t, given(account(1, "ana"), listed("ana", role("Lead")), group(7, "qa", 1), team("qa", directory.Exact, members())).build(t))
	for _, tt := range []struct {
		name string
		text string
		want string
	}{
		{"nothing", "", "plan is damaged"},
		{"half of it", string(good[:len(good)/2]), "plan is damaged"},
		{"another file", `{"version": 1}`, "plan is damaged: it has no format_version"},
		{"more behind it", string(good) + "{}", "plan is damaged"},
		{"a kind that nobody knows", strings.ReplaceAll(string(good), "update_user", "promote_user"), "of the unknown kind"},
		{"an action more than it counts", strings.Replace(string(good), `"actions":2`, `"actions":3`, 1), "its summary counts 3 actions, it has 2"},
		{"a subject that is not the one of its id", strings.Replace(string(good), `"subject":"ana@acme.example"`, `"subject":"eve@acme.example"`, 1), "is about update_user eve@acme.example"},
		{"an id that only begins like one of its subject", strings.Replace(string(good), `"id":"update_user:ana@acme.example"`, `"id":"update_user:ana@acme.example.evil.example"`, 1), "is about update_user ana@acme.example"},
		{"a scope that selects nothing", strings.Replace(string(good), `"scope":{}`, `"scope":{"only":["foo"]}`, 1), `its scope has "foo"`},
		{"a member more than was approved", strings.Replace(string(good), `"remove":[`, `"remove":[{"user":"eve@acme.example"},`, 1), "it was changed after it was saved"},
		{"another new value", strings.Replace(string(good), `"new":"Lead"`, `"new":"Owner"`, 1), "it was changed after it was saved"},
		{"another instance", strings.Replace(string(good), `"url":""`, `"url":"https://evil.example"`, 1), "it was changed after it was saved"},
		{"a cost of nothing", regexp.MustCompile(`"writes":\d+`).ReplaceAllString(string(good), `"writes":0`), "it was changed after it was saved"},
		{"no digest", regexp.MustCompile(`,"digest":"[0-9a-f]+"`).ReplaceAllString(string(good), ""), "it has no digest"},
		{"a value of a wrong type", strings.Replace(string(good), `"new":"Lead"`, `"new":7`, 1), "plan is damaged"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if p, err := plan.Read(strings.NewReader(tt.text)); err == nil || !strings.Contains(err.Error(), tt.want) || p != nil {
				t.Errorf("Read: %v, %v, want %q", p, err, tt.want)
			}
		})
	}
	newer := strings.Replace(string(good), `"format_version":1`, `"format_version":2`, 1)
	if _, err := plan.Read(strings.NewReader(newer)); !errors.Is(err, plan.ErrNewerFormat) {
		t.Errorf("Read of a newer format: %v", err)
	}
}

// Whatever a plan holds comes back as it was.
func TestSeal(t *testing.T) {
	for name, p := range map[string]*plan.Plan{
		"nothing":                      {FormatVersion: plan.FormatVersion},
		"not a text":                   given(account(1, "ana", calls("\xff\xfe")), listed("ana", named("Ana"))).build(t),
		"the same character as a text": given(account(1, "ana", calls("\ufffd\\ufffd")), listed("ana", named("Ana"))).build(t),
	} {
		t.Run(name, func(t *testing.T) {
			first := written(t, p)
			if second := written(t, saved(t, p)); !bytes.Equal(first, second) && name != "not a text" {
				t.Errorf("not the same after writing and reading:\n%s\n%s", first, second)
			}
			if p.Digest != "" {
				t.Error("the plan itself was sealed")
			}
		})
	}
}

// FuzzRead: what Read accepts is a plan that can be written and read again as the same, and that can be approved. Inputs
// are given the digest that belongs to them, without which none would be accepted.
func FuzzRead(f *testing.F) {
	month := given(accounts(1, 4), leavers(1, 1), listed("cy", named("Cy")), group(7, "qa", 1, 2), team("qa", directory.Exact, members("cy")))
	f.Add(string(written(f, month.build(f))))
	f.Add(`{"format_version":1,"summary":{"actions":1},"batches":[{"actions":[{"id":"a","kind":"delete_group","subject":"g","members":{}}]}]}`)
	f.Add(`{"format_version":1,"summary":{"actions":-1},"batches":null}`)
	f.Fuzz(func(t *testing.T, text string) {
		if p, err := plan.Read(strings.NewReader(text)); (p == nil) == (err == nil) {
			t.Errorf("Read: %v, %v", p, err)
		}
		var damaged plan.Plan
		if json.Unmarshal([]byte(text), &damaged) != nil {
			return
		}
		p, err := plan.Read(bytes.NewReader(written(t, &damaged)))
		if err != nil {
			if strings.Contains(err.Error(), "digest") {
				t.Errorf("its own digest is another one: %s", text)
			}
			return
		}
		first, second := written(t, p), written(t, saved(t, p))
		if !bytes.Equal(first, second) {
			t.Errorf("not the same after writing and reading:\n%s\n%s", first, second)
		}
		w := given(accounts(1, 4), group(7, "qa", 1, 2))
		if c, err := plan.Approve(p, &w.want, &w.live, w.caps, w.opts); err == nil && len(c.Plan.Actions()) != 0 {
			t.Errorf("a roster that wants nothing, and %d actions", len(c.Plan.Actions()))
		}
	})
}
