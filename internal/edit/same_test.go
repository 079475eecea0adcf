package edit_test

import (
	"testing"

	"rollcall/internal/edit"
)

func TestSame(t *testing.T) {
	const roster = "version: 1\ntimezone: UTC\nusers:\n  - {email: a@x.example, name: A, groups: [qa]}\ngroups:\n  - {name: qa, mode: exact, members: []}\n"
	tests := []struct {
		name, text string
		want       bool
	}{
		{"the same in other places", "groups:\n  - members: []\n    mode: exact\n    name: qa\nusers:\n  - groups: [qa]\n    name: A\n    email: a@x.example\nversion: 1\n", true},
		{"another name", "version: 1\nusers:\n  - {email: a@x.example, name: B, groups: [qa]}\ngroups:\n  - {name: qa, mode: exact, members: []}\n", false},
		{"a key that is not managed", "version: 1\nusers:\n  - {email: a@x.example, groups: [qa]}\ngroups:\n  - {name: qa, mode: exact, members: []}\n", false},
		{"a leaver", "version: 1\nleavers: [a@x.example]\nusers:\n  - {email: a@x.example, name: A, groups: [qa]}\ngroups:\n  - {name: qa, mode: exact, members: []}\n", false},
		{"a membership on the other side", "version: 1\nusers:\n  - {email: a@x.example, name: A}\ngroups:\n  - {name: qa, mode: exact, members: [a@x.example]}\n", false},
		{"a guard", "version: 1\nguards: {max_removals: {count: 3}}\nusers:\n  - {email: a@x.example, name: A, groups: [qa]}\ngroups:\n  - {name: qa, mode: exact, members: []}\n", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a, b := load(roster), load(tt.text)
			if a == nil || b == nil {
				t.Fatal("a roster does not load")
			}
			if got := edit.Same(a, b); got != tt.want {
				t.Errorf("Same = %v, want %v", got, tt.want)
			}
		})
	}
}
