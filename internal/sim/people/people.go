// Package people makes up companies for simulators: names in many scripts, addresses as a directory would give them,
// teams whose names look nested, and when two of them are one. The same seed gives the same company. It must not know a tool.
package people

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"golang.org/x/text/cases"
)

// Source draws everything of one company. The order of calls is part of the seed: an additional draw is another company.
type Source struct {
	rng      *rand.Rand
	cultures []culture
	wheel    []int          // culture numbers by weight
	taken    map[string]int // what is taken, to the times it was wanted
	today    time.Time
}

// NewSource returns the source of that seed. Its today is fixed: 2 November 2026.
func NewSource(seed uint64) *Source {
	s := &Source{
		rng:      rand.New(rand.NewPCG(seed, 0x726f6c6c63616c6c)),
		cultures: cultures(),
		taken:    map[string]int{},
		today:    time.Date(2026, time.November, 2, 0, 0, 0, 0, time.UTC),
	}
	for i, c := range s.cultures {
		for range c.weight {
			s.wheel = append(s.wheel, i)
		}
	}
	return s
}

// Chance is true in percent of 100 cases.
func (s *Source) Chance(percent int) bool { return s.IntN(100) < percent }

// IntN returns a number from 0 to below n.
func (s *Source) IntN(n int) int { return s.rng.IntN(n) }

// Pick returns one of them; there has to be one.
func Pick[T any](s *Source, from []T) T { return from[s.IntN(len(from))] }

// Ago returns a moment on a day of the past, from today to less than days back.
func (s *Source) Ago(days int) time.Time { return s.today.AddDate(0, 0, -s.IntN(days)) }

// Date returns a day of the last two years, as 2026-01-31.
func (s *Source) Date() string {
	return s.today.AddDate(0, 0, -1-s.IntN(700)).Format(time.DateOnly)
}

// Person is a made-up human being.
type Person struct {
	Given, Family string
	Name          string // both, in the order of the culture
	Local         string // local part of an address, in ASCII
}

// Person makes up a name.
func (s *Source) Person() Person {
	c := s.cultures[Pick(s, s.wheel)]
	given, family := Pick(s, c.given), Pick(s, c.family)
	if c.doubles && s.Chance(35) {
		second := Pick(s, c.family)
		if second != family {
			family = spelling{family.native + "-" + second.native, family.ascii + "-" + second.ascii}
		}
	}
	first, last := given.native, family.native
	if c.familyFirst {
		first, last = last, first
	}
	spaced := strings.NewReplacer("_", " ")
	return Person{
		Given: spaced.Replace(given.native), Family: spaced.Replace(family.native),
		Name: spaced.Replace(first + c.separator + last), Local: given.ascii + "." + family.ascii,
	}
}

// Take marks a name or address as taken, and reports whether it was free.
func (s *Source) Take(key string) bool {
	s.taken[key]++
	return s.taken[key] == 1
}

// Address makes the address unique, as a directory would: with a number.
func (s *Source) Address(local, tag, domain string) string {
	key := strings.ToLower(local + tag + "@" + domain)
	if s.Take(key) {
		return local + tag + "@" + domain
	}
	for {
		numbered := fmt.Sprintf("%s%d%s@%s", local, s.taken[key], tag, domain)
		if folded := strings.ToLower(numbered); s.taken[folded] == 0 {
			s.taken[folded] = 1
			return numbered
		}
		s.taken[key]++
	}
}

// Fold makes addresses and login names that differ in case alone equal.
func Fold(name string) string {
	for i := range len(name) {
		if name[i] >= 0x80 {
			return cases.Fold().String(name)
		}
	}
	return strings.ToLower(name)
}

// Size returns how many there shall be: as many as asked for, none for a negative number, and by default for 0.
func Size(asked, byDefault int) int {
	if asked < 0 {
		return 0
	}
	return cmp.Or(asked, byDefault)
}

// Services returns what the accounts of a company are for that nobody sits behind.
func Services() []string {
	return []string{"payments", "nightly", "mobile", "import", "release", "performance", "smoke", "staging"}
}
