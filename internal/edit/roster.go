package edit

import (
	"errors"
	"slices"
	"strings"

	"rollcall/internal/directory"
)

// file makes the changes of one file of YAML.
func (o *Offboarding) file(shown, text string, root bool) (string, error) {
	doc, _, err := read(shown, text)
	var left *LeftError
	if errors.As(err, &left) && !o.concerns(shown, root) {
		return text, nil
	}
	if err != nil || doc == nil {
		return text, err
	}
	e := &editor{document: doc, shown: shown, layouts: layouts()}
	top := doc.root.value
	o.markUsers(e, top)
	o.markMembers(top)
	if root { // no other file has them
		if err := o.addLeavers(e, top); err != nil {
			return "", err
		}
	}
	if top.flow {
		if !top.touched() {
			return text, nil
		}
		top.prune()
		return newWriter(doc.fixed).document(doc), nil
	}
	if err := e.block(top, doc.root, layoutRoot); err != nil {
		return "", err
	}
	return e.result(), nil
}

// concerns reports whether something has to change in a file.
func (o *Offboarding) concerns(shown string, root bool) bool {
	left := o.entries(Left)
	for _, p := range o.Persons {
		if p.User != nil && p.User.Pos.File == shown && (p.Status == Left || p.Status == Dated) {
			return true
		}
	}
	for i := range o.before.Groups {
		for _, m := range o.before.Groups[i].Members.Value {
			if m.Pos.File == shown && left[m.Email.Key()] != nil {
				return true
			}
		}
	}
	return root && len(o.leavers()) > 0
}

// markUsers marks the entries that go, and sets the days of those whose access ends.
func (o *Offboarding) markUsers(e *editor, top *node) {
	users := top.find("users")
	if users == nil {
		return
	}
	left, dated := o.entries(Left), o.entries(Dated)
	for _, it := range users.value.items {
		email := it.value.find("email")
		if email == nil {
			continue
		}
		key := directory.Email(email.value.meant).Key()
		it.gone = left[key] != nil
		if p := dated[key]; p != nil {
			e.setUntil(it.value, p.LastDay)
		}
	}
}

// setUntil writes the last day into the entry of a person.
func (e *editor) setUntil(entry *node, day directory.Date) {
	const key = "until"
	value := &node{kind: scalar, tag: "!!timestamp", value: day.String()}
	switch until := entry.find(key); {
	case until != nil && entry.flow:
		until.value, entry.fresh = value, true
		return
	case until != nil:
		e.replace(until.value.start, until.value.end, value.value)
		return
	}
	user := e.layouts[layoutUser]
	behind := 0 // how many keys come first
	for i, it := range entry.items {
		if user.rank(it.key.value) < user.rank(key) {
			behind = i + 1
		}
	}
	if entry.flow {
		entry.fresh = true
		entry.items = slices.Insert(entry.items, behind, &item{
			key: &node{kind: scalar, tag: "!!str", value: key}, value: value,
		})
		return
	}
	e.insertBelow(entry, entry.items[max(behind, 1)-1], key+": "+day.String())
}

// markMembers marks the members that go.
func (o *Offboarding) markMembers(top *node) {
	groups := top.find("groups")
	if groups == nil {
		return
	}
	left := o.entries(Left)
	for _, it := range groups.value.items {
		members := it.value.find("members")
		if members == nil {
			continue
		}
		for _, member := range members.value.items {
			member.gone = left[directory.Email(member.value.meant).Key()] != nil
		}
	}
}

// addLeavers adds the leavers to the list in the root file, which may have none yet.
func (o *Offboarding) addLeavers(e *editor, top *node) error {
	fresh := o.leavers()
	if len(fresh) == 0 {
		return nil
	}
	leavers := top.find("leavers")
	switch {
	case leavers == nil:
		e.newLeavers(top, fresh)
	case leavers.value.kind == scalar:
		// The name of a file, which is a source of its own.
	case leavers.value.kind != list:
		line := 1 + strings.Count(e.text[:leavers.start], "\n")
		return &LeftError{Pos: directory.Pos{File: e.shown, Line: line, Column: 1}, Text: "leavers is an alias"}
	default:
		e.moreLeavers(leavers.value, fresh)
	}
	return nil
}

func leaverItem(email directory.Email) *item {
	return &item{value: &node{kind: scalar, tag: "!!str", value: string(email), meant: string(email)}}
}

// moreLeavers adds to a list that is there.
func (e *editor) moreLeavers(n *node, fresh []directory.Email) {
	keys := make([]directory.EmailKey, len(n.items))
	for i, it := range n.items {
		keys[i] = directory.Email(it.value.meant).Key()
	}
	if n.flow || len(n.items) == 0 {
		n.fresh = true
		n.flow = len(n.items) > 0 // an empty list says nothing of how it shall be written
	}
	there := slices.Clone(n.items)
	for i, email := range fresh {
		at := position(keys, email.Key())
		switch {
		case n.fresh && slices.IsSorted(keys):
			n.items = slices.Insert(n.items, at+i, leaverItem(email))
		case n.fresh:
			n.items = append(n.items, leaverItem(email))
		case at == 0:
			e.insertAbove(n, there[0], "- "+Scalar(string(email)))
		default:
			e.insertBelow(n, there[at-1], "- "+Scalar(string(email)))
		}
	}
}

// newLeavers puts a list into a file that has none, where it belongs among the keys of the file.
func (e *editor) newLeavers(top *node, fresh []directory.Email) {
	root := e.layouts[layoutRoot]
	next := slices.IndexFunc(top.items, func(it *item) bool { return root.rank(it.key.value) > root.rank("leavers") })
	if top.flow {
		added := &item{key: &node{kind: scalar, tag: "!!str", value: "leavers"}, value: &node{kind: list}}
		for _, email := range fresh {
			added.value.items = append(added.value.items, leaverItem(email))
		}
		top.fresh = true
		top.items = append(top.items, added)
		return
	}
	var b strings.Builder
	b.WriteString("leavers:\n")
	for _, email := range fresh {
		b.WriteString(strings.Repeat(" ", step) + "- " + Scalar(string(email)) + "\n")
	}
	if next < 0 {
		begin := ""
		if !strings.HasSuffix(e.text, "\n") {
			begin = "\n"
		}
		e.replace(len(e.text), len(e.text), begin+b.String())
		return
	}
	it := top.items[next]
	at := e.lineStart(it.start)
	if above := it.attached(); len(above) > 0 {
		at = e.lineStart(above[0].start)
	}
	if next > 0 && at > 0 && e.blankLine(e.lineStart(at-1)) {
		b.WriteByte('\n')
	}
	e.replace(at, at, b.String())
}
