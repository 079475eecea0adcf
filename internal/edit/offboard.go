package edit

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"rollcall/internal/directory"
	"rollcall/internal/spec"
)

// Status is what becomes of somebody on the list of leavers.
type Status string

// Each person on the list has one of these.
const (
	Left     Status = "left"     // a leaver from now on
	Unlisted Status = "unlisted" // the same, of somebody whom the roster did not name
	Dated    Status = "dated"    // has access through the last day
	Already  Status = "already"  // nothing to do: a leaver before, or access ends no later
	Waiting  Status = "waiting"  // the roster does not name the person, and the last day is still to come
)

// Person is somebody on the list of leavers, and what becomes of them.
type Person struct {
	Leaver
	Status Status
	User   *directory.WantUser // the entry, nil for none
}

// Offboarding is a list of leavers put into a roster.
type Offboarding struct {
	Texts   map[string]string  // of the files that change, by the names that Desired.Files gives them
	Want    *directory.Desired // what the roster has to say with these texts, but for places
	Persons []Person           // in the order of the list, each once

	before *directory.Desired
}

// Offboard puts a list of leavers into a roster. Whoever has a last day that is not over gets an `until`, or keeps an
// earlier one. Everybody else becomes a leaver, under the present and every former address, since the tool may know either;
// the entry under `users` is taken out and so are the memberships. Nothing else changes in a file.
//
// It returns a *spec.ProblemsError for people who are on the list with two last days, and a *LeftError for a file that
// can't be edited safely.
func Offboard(want *directory.Desired, sources []spec.Source, people []Leaver, today directory.Date) (*Offboarding, error) {
	o := &Offboarding{Texts: make(map[string]string), before: want}
	if err := o.decide(people, today); err != nil {
		return nil, err
	}
	o.expect()
	for i := range sources {
		if err := o.edit(&sources[i], i == 0); err != nil {
			return nil, err
		}
	}
	return o, nil
}

// decide says what becomes of everybody.
func (o *Offboarding) decide(people []Leaver, today directory.Date) error {
	users := make(map[directory.EmailKey]*directory.WantUser)
	for i := range o.before.Users {
		u := &o.before.Users[i]
		users[u.Email.Key()] = u
		for _, was := range u.Was {
			users[was.Value.Key()] = u
		}
	}
	var problems []directory.Problem
	first := make(map[directory.EmailKey]Leaver)
	for _, l := range people {
		p := Person{Leaver: l, User: users[l.Email.Key()]}
		key := l.Email.Key()
		if p.User != nil {
			key = p.User.Email.Key()
		}
		if other, twice := first[key]; twice {
			if other.LastDay != l.LastDay {
				problems = append(problems, directory.Problem{Pos: l.Pos, Text: fmt.Sprintf("%s is on the list with another last day at %s", l.Email, other.Pos)})
			}
			continue
		}
		first[key] = l
		p.Status = p.decide(today)
		o.Persons = append(o.Persons, p)
	}
	if problems != nil {
		return &spec.ProblemsError{Problems: problems}
	}
	return nil
}

func (p *Person) decide(today directory.Date) Status {
	stays := !p.LastDay.IsZero() && !p.LastDay.Before(today)
	switch u := p.User; {
	case u == nil && stays:
		return Waiting
	case u == nil:
		return Unlisted
	case u.Leaver.Line != 0, stays && u.Until.Set && !p.LastDay.Before(u.Until.Value), stays && u.Active.Set && !u.Active.Value:
		return Already
	case stays:
		return Dated
	}
	return Left
}

// leavers returns the addresses that become leavers, sorted.
func (o *Offboarding) leavers() []directory.Email {
	var list []directory.Email
	for _, p := range o.Persons {
		switch p.Status {
		case Unlisted:
			list = append(list, p.Email)
		case Left:
			list = append(list, p.User.Email)
			for _, was := range p.User.Was {
				list = append(list, was.Value)
			}
		}
	}
	known := make(map[directory.EmailKey]bool)
	for i := range o.before.Users {
		if u := &o.before.Users[i]; u.Leaver.Line != 0 {
			known[u.Email.Key()] = true
		}
	}
	list = slices.DeleteFunc(list, func(e directory.Email) bool { return known[e.Key()] })
	slices.SortFunc(list, func(a, b directory.Email) int { return cmp.Compare(a.Key(), b.Key()) })
	return list
}

// entries returns the people who have an entry and one of the statuses.
func (o *Offboarding) entries(status Status) map[directory.EmailKey]*Person {
	list := make(map[directory.EmailKey]*Person)
	for i := range o.Persons {
		if p := &o.Persons[i]; p.Status == status {
			list[p.User.Email.Key()] = p
		}
	}
	return list
}

// expect works out what the roster has to say afterwards. The texts are made in another way, and both have to agree.
func (o *Offboarding) expect() {
	want := *o.before
	left, dated := o.entries(Left), o.entries(Dated)
	somewhere := directory.Pos{Line: 1, Column: 1}
	want.Users = nil
	for _, u := range o.before.Users {
		key := u.Email.Key()
		if left[key] != nil {
			continue
		}
		if p := dated[key]; p != nil {
			u.Until = directory.At(p.LastDay, somewhere)
		}
		want.Users = append(want.Users, u)
	}
	for _, email := range o.leavers() {
		want.Users = append(want.Users, directory.WantUser{Email: email, Pos: somewhere, Leaver: somewhere})
	}
	slices.SortFunc(want.Users, func(a, b directory.WantUser) int { return cmp.Compare(a.Email.Key(), b.Email.Key()) })
	want.Groups = slices.Clone(o.before.Groups)
	for i := range want.Groups {
		members := &want.Groups[i].Members
		members.Value = slices.DeleteFunc(slices.Clone(members.Value), func(m directory.MemberRef) bool { return left[m.Email.Key()] != nil })
	}
	o.Want = &want
}

// Change is something that is different in the roster, and where: what was added stands there now, what was taken out
// stood there before.
type Change struct {
	Pos  directory.Pos
	Text string
}

// Changes returns what is different in the roster, person by person, given the roster as it is with the texts.
func (o *Offboarding) Changes(after *directory.Desired) []Change {
	now := make(map[directory.EmailKey]*directory.WantUser, len(after.Users))
	for i := range after.Users {
		now[after.Users[i].Email.Key()] = &after.Users[i]
	}
	member := make(map[directory.EmailKey][]Change)
	for i := range o.before.Groups {
		g := &o.before.Groups[i]
		for _, m := range g.Members.Value {
			text := fmt.Sprintf("%s taken out of group %q", m.Email, g.Name)
			member[m.Email.Key()] = append(member[m.Email.Key()], Change{m.Pos, text})
		}
	}
	var list []Change
	for _, p := range o.Persons {
		switch p.Status {
		case Dated:
			u := now[p.User.Email.Key()]
			list = append(list, Change{u.Until.Pos, fmt.Sprintf("%s until %s", u.Email, p.LastDay)})
		case Unlisted:
			list = append(list, Change{now[p.Email.Key()].Leaver, fmt.Sprintf("leaver %s, who had no entry", p.Email)})
		case Left:
			list = append(list, Change{now[p.User.Email.Key()].Leaver, fmt.Sprintf("leaver %s", p.User.Email)})
			for _, was := range p.User.Was {
				list = append(list, Change{now[was.Value.Key()].Leaver, fmt.Sprintf("leaver %s, the former address of %s", was.Value, p.User.Email)})
			}
			list = append(list, Change{p.User.Pos, fmt.Sprintf("entry of %s taken out", p.User.Email)})
			list = append(list, member[p.User.Email.Key()]...)
		}
	}
	return list
}

// edit makes the changes of one file.
func (o *Offboarding) edit(s *spec.Source, root bool) error {
	text, form := unformed(s.Text)
	var out string
	var err error
	if s.Leavers {
		out = o.leaversFile(s.Shown, text)
	} else {
		out, err = o.file(s.Shown, text, root)
	}
	if err != nil || out == text {
		return err
	}
	if out = form.of(out); form.mark {
		out = byteOrderMark + out
	}
	o.Texts[s.Path] = out
	return nil
}

// leaversFile adds the leavers to the file that `leavers` names.
func (o *Offboarding) leaversFile(shown, text string) string {
	fresh := o.leavers()
	if len(fresh) == 0 {
		return text
	}
	if text != "" && !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	var there []directory.WantUser // in the order of the file
	for _, u := range o.before.Users {
		if u.Leaver.File == shown {
			there = append(there, u)
		}
	}
	slices.SortFunc(there, func(a, b directory.WantUser) int { return cmp.Compare(a.Leaver.Line, b.Leaver.Line) })
	lines := strings.SplitAfter(text, "\n")
	at := make(map[int][]string) // what is added behind so many lines
	keys := make([]directory.EmailKey, len(there))
	for i := range there {
		keys[i] = there[i].Email.Key()
	}
	for _, email := range fresh {
		line := len(lines) - 1
		switch i := position(keys, email.Key()); {
		case i == len(there):
		case i == 0:
			line = there[0].Leaver.Line - 1
		default:
			line = there[i-1].Leaver.Line
		}
		at[line] = append(at[line], string(email)+"\n")
	}
	var b strings.Builder
	for i, line := range lines {
		b.WriteString(strings.Join(at[i], ""))
		b.WriteString(line)
	}
	return b.String()
}

// position returns where a key belongs in a list: in its place if the list is sorted, at the end if it is not.
func position(list []directory.EmailKey, key directory.EmailKey) int {
	if !slices.IsSorted(list) {
		return len(list)
	}
	i, _ := slices.BinarySearch(list, key)
	return i
}
