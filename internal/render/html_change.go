package render

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"rollcall/internal/apply"
	"rollcall/internal/plan"
)

// htmlChange is an action.
type htmlChange struct {
	ID            string // empty for one that is shown elsewhere as well
	Mark, Kind    visible
	Tone          string
	Subject       visible
	Number        int64     // in the tool; 0 for what is to be created
	Tags          []visible // the cause, and that the subject is an administrator
	Source        visible
	Was           visible // the line whose absence the action comes from
	Fields        []htmlField
	Members       *htmlMembers
	Detail, Where visible
	Needs         []htmlNeed
	Outcome       *htmlOutcome
}

// htmlField is a field with its old and new value, and a remark on the latter. What is created has no old one.
type htmlField struct {
	Name, Old, New visible
	IsNew          bool
	Tag            visible
}

// htmlNeed is an action that must be done before, with its place on the page if it has one.
type htmlNeed struct {
	ID   string
	Text visible
}

// htmlMembers is how the list of members changes.
type htmlMembers struct {
	Stay  visible
	Lists []htmlMemberList
}

type htmlMemberList struct {
	Title, Mark visible
	Tone        string
	Folds, Open bool
	People      []htmlMember
}

type htmlMember struct{ Who, Source, Was visible }

// htmlOutcome is what became of an action.
type htmlOutcome struct {
	Word     visible
	Tone     string
	Because  visible // what introduces the error
	Error    visible
	Remarks  []visible
	Started  visible
	Took     visible
	HTTPCode int
}

// longMembers is how many members a list may have before it can be folded.
const longMembers = 12

// changer turns actions into changes that know of one another.
type changer struct {
	anchors map[*plan.Action]string // of those that have a place on the page
	known   map[string]*plan.Action // by id
	root    string                  // path of the root file, if it is known
}

// newChanger numbers actions in the order in which they are carried out.
func newChanger(actions []*plan.Action, root string) *changer {
	c := &changer{anchors: make(map[*plan.Action]string, len(actions)), known: make(map[string]*plan.Action, len(actions)), root: root}
	for i, a := range actions {
		c.anchors[a] = anchor(i + 1)
		if c.known[a.ID] == nil {
			c.known[a.ID] = a
		}
	}
	return c
}

func (c *changer) change(a *plan.Action) htmlChange {
	mark, as := markOf(a.Kind)
	change := htmlChange{
		ID: c.anchors[a], Mark: mark, Kind: kindWords(a.Kind), Tone: tone(as), Subject: quoted(a.Subject), Number: a.SubjectID,
		Source: place(a.Source), Was: place(a.Was), Fields: htmlFields(a), Members: htmlMembersOf(a.Members), Detail: safe(a.Detail),
	}
	if a.Cause != "" && a.Cause != plan.CauseDeclared {
		change.Tags = append(change.Tags, safe(string(a.Cause)))
	}
	if a.Origin != "" && a.Origin != plan.OriginExpiry { // the cause says that
		change.Tags = append(change.Tags, kindWords(a.Origin))
	}
	switch {
	case a.Admin && a.Kind.OnGroup():
		change.Tags = append(change.Tags, "makes administrators")
	case a.Admin:
		change.Tags = append(change.Tags, "administrator")
	}
	for _, id := range a.Needs {
		need := htmlNeed{Text: safe(id)}
		if before := c.known[id]; before != nil {
			need = htmlNeed{ID: c.anchors[before], Text: kindWords(before.Kind) + " " + quoted(before.Subject)}
		}
		change.Needs = append(change.Needs, need)
	}
	return change
}

// htmlFields returns what changes at the subject itself. A deactivation says in its kind that `active` becomes false, a
// reactivation that it becomes true.
func htmlFields(a *plan.Action) []htmlField {
	var fields []htmlField
	for _, f := range a.Fields {
		if inTheKind(a, f.Field) {
			continue
		}
		field := htmlField{Name: kindWords(strings.ReplaceAll(string(f.Field), ".", " ")), Old: valueText(f.Old), New: valueText(f.New), IsNew: isFirst(a, f)}
		if f.Unverifiable {
			field.Tag = unverifiableWord
		}
		fields = append(fields, field)
	}
	return fields
}

// htmlMembersOf returns the lists of a change: whoever loses access is never folded away, others are where they are many.
func htmlMembersOf(m *plan.MemberChange) *htmlMembers {
	if m == nil || len(m.Add)+len(m.Remove) == 0 {
		return nil
	}
	all := &htmlMembers{}
	if m.Keep > 0 {
		all.Stay = visible(count(m.Keep, "member stays", "members stay"))
	}
	for _, part := range []struct {
		word visible
		mark visible
		as   style
		list []plan.Member
	}{{"removed", markRemove, removed, m.Remove}, {"added", markAdd, added, m.Add}} {
		if len(part.list) == 0 {
			continue
		}
		list := htmlMemberList{
			Title: visible(count(len(part.list), "member ", "members ")) + part.word, Mark: part.mark, Tone: tone(part.as),
			Folds: len(part.list) > longMembers, Open: part.as == removed, People: make([]htmlMember, len(part.list)),
		}
		for i, who := range memberWords(part.list, "", plain) {
			list.People[i] = htmlMember{Who: who.text, Source: place(part.list[i].Source), Was: place(part.list[i].Was)}
		}
		all.Lists = append(all.Lists, list)
	}
	return all
}

func (c *changer) outcome(o *apply.Outcome) htmlChange {
	change := c.change(&o.Action)
	out := &htmlOutcome{Word: kindWords(o.Status), Tone: tone(statusStyle(o.Status)), Because: "error", Error: safe(o.Error), HTTPCode: o.HTTPStatus}
	if o.Status == apply.Blocked || o.Status == apply.NotRun {
		out.Because = "because"
	}
	for _, remark := range o.Remarks {
		out.Remarks = append(out.Remarks, safe(remark))
	}
	if !o.Started.IsZero() {
		out.Started = moment(o.Started)
		if took := o.Finished.Sub(o.Started); took >= 0 {
			out.Took = visible(fmt.Sprintf("%.1f s", took.Round(100*time.Millisecond).Seconds()))
		}
	}
	change.Outcome = out
	return change
}

func statusStyle(s apply.Status) style {
	switch s {
	case apply.Done:
		return added
	case apply.Failed:
		return alarm
	}
	return caution
}

// fileOf returns the file whose readers an action concerns: the one of its line, or of the line that went.
func fileOf(a *plan.Action) string {
	switch {
	case a.Was != nil:
		return a.Was.File
	case a.Source != nil:
		return a.Source.File
	}
	return ""
}

// byFile groups items by their file: the root file first, then by name. In a file they are in the order of classes, so
// that what is dangerous when overlooked comes first there too. What has no file stands with the root file.
func byFile[T any](c *changer, items []T, action func(T) *plan.Action, change func(T) htmlChange) []htmlFile {
	file := func(item T) string {
		if name := fileOf(action(item)); name != c.root {
			return name
		}
		return ""
	}
	sorted := slices.Clone(items)
	slices.SortStableFunc(sorted, func(a, b T) int {
		return cmp.Or(strings.Compare(file(a), file(b)), cmp.Compare(classOf(action(a)), classOf(action(b))))
	})
	var files []htmlFile
	for i, item := range sorted {
		name := file(item)
		if i == 0 || name != file(sorted[i-1]) {
			f := htmlFile{Name: safe(name), Root: name == ""}
			if f.Root {
				f.Name = safe(c.root)
			}
			files = append(files, f)
		}
		f := &files[len(files)-1]
		f.Changes = append(f.Changes, change(item))
	}
	for i := range files {
		files[i].Count = number(len(files[i].Changes))
	}
	return files
}

// section returns a section of items, file by file.
func htmlSectionOf[T any](c *changer, title visible, as style, items []T, action func(T) *plan.Action, change func(T) htmlChange) htmlSection {
	return htmlSection{ID: slug(title), Title: title, Count: number(len(items)), Tone: tone(as), Files: byFile(c, items, action, change)}
}
