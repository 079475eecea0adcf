package people_test

import (
	"fmt"
	"strings"
	"testing"

	"rollcall/internal/sim/people"
)

func TestSource_sameSeedSamePeople(t *testing.T) {
	tell := func(seed uint64) string {
		s := people.NewSource(seed)
		return fmt.Sprint(s.Person(), s.Address("a", "", "x.example"), s.Date(), s.Ago(100), s.GroupNames(50), people.Pick(s, people.Areas()))
	}
	one, again, other := tell(1), tell(1), tell(2)
	if one != again || one == other {
		t.Error("the seed does not decide")
	}
}

func TestPerson_nameIsMadeOfBothParts(t *testing.T) {
	s := people.NewSource(3)
	for range 500 {
		p := s.Person()
		if !strings.Contains(p.Name, p.Given) || !strings.Contains(p.Name, p.Family) || strings.Contains(p.Name, "_") {
			t.Errorf("%+v", p)
		}
		for _, b := range []byte(p.Local) {
			if b >= 0x80 {
				t.Errorf("%q is not ASCII", p.Local)
			}
		}
	}
}

func TestAddress_isNeverGivenTwice(t *testing.T) {
	s := people.NewSource(1)
	if !s.Take("dana.kim@x.example") {
		t.Error("a fresh name is taken")
	}
	seen := map[string]bool{"dana.kim@x.example": true}
	for range 20 {
		for _, local := range []string{"dana.kim", "Dana.Kim", "dana.kim2"} {
			a := strings.ToLower(s.Address(local, "", "x.example"))
			if seen[a] {
				t.Errorf("%s twice", a)
			}
			seen[a] = true
		}
	}
}

func TestGroupNames_areDistinctAndNested(t *testing.T) {
	for _, total := range []int{0, 1, people.SiteGroups, 30, 3000} {
		names := people.NewSource(5).GroupNames(total)
		seen := map[string]bool{}
		for _, name := range names {
			if seen[name] {
				t.Errorf("%q twice among %d", name, total)
			}
			seen[name] = true
		}
		if len(names) != total {
			t.Errorf("%d names, want %d", len(names), total)
		}
		if total > people.Contractors && names[people.Contractors] != "Contractors" {
			t.Errorf("first is %q", names[0])
		}
	}
}
