package spec_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rollcall/internal/spec"
)

// roster writes a roster of people with eight lines each, half of the groups' members on the group, half on the user.
func roster(users, groups int) string {
	var b strings.Builder
	b.WriteString("version: 1\ndefaults:\n  user: {role: Tester}\n  group: {mode: exact}\nusers:\n")
	for i := range users {
		fmt.Fprintf(&b, "  - email: person.%d@acme.example\n    name: Person Nº %d\n    role: Lead\n    active: true\n"+
			"    admin: false\n    groups: [group-%d, group-%d]\n    email_notifications: true\n    until: 2031-05-%02d # contract\n",
			i, i, i%groups, (i+1)%groups, i%28+1)
	}
	b.WriteString("groups:\n")
	for i := range groups {
		fmt.Fprintf(&b, "  - name: group-%d\n    members:\n", i)
		for j := range users / groups {
			fmt.Fprintf(&b, "      - person.%d@acme.example\n", i*(users/groups)+j)
		}
	}
	return b.String()
}

func BenchmarkLoad(b *testing.B) {
	for _, size := range []struct{ users, groups int }{{2_000, 150}, {20_000, 1_500}, {50_000, 2_000}} {
		b.Run(fmt.Sprintf("users=%d", size.users), func(b *testing.B) {
			path := filepath.Join(b.TempDir(), "users.yaml")
			text := roster(size.users, size.groups)
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				b.Fatal(err)
			}
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := spec.Load(path, spec.Options{Tools: tools()}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
