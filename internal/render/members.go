package render

import (
	"slices"
	"strconv"
	"strings"

	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

// inlineMembers is how many changed members still fit beside the subject.
const inlineMembers = 3

// isLong reports whether the members who come and go have lists of their own. Where there is no room for lists they are
// counted.
func isLong(m *plan.MemberChange) bool { return m != nil && len(m.Add)+len(m.Remove) > inlineMembers }

// The members of a group are listed where the group is, so one line of the roster stands for all of them. A project has no
// line: each of its members stands with his own, in the column of lines if he is alone.

// showsLines reports whether members stand with their lines, and the action without one.
func showsLines(a *plan.Action) bool {
	if !a.Kind.OnProject() || a.Members == nil || len(a.Members.Add)+len(a.Members.Remove) < 2 {
		return false
	}
	hasLine := func(m plan.Member) bool { return m.Source != nil }
	return slices.ContainsFunc(a.Members.Add, hasLine) || slices.ContainsFunc(a.Members.Remove, hasLine)
}

// joinsAs returns the profile that the members of an action get in a project. It is shown with them, and not as a field of
// the project.
func joinsAs(a *plan.Action) (plan.FieldChange, bool) {
	f, ok := a.Field(plan.FieldProfile)
	return f, ok && a.Kind == plan.AddToProject && f.Old.IsNull() && a.Members != nil && len(a.Members.Add) > 0
}

// asWords returns "as Developer (unverifiable)", or nothing.
func asWords(a *plan.Action) visible {
	f, ok := joinsAs(a)
	if !ok {
		return ""
	}
	return "as " + valueText(f.New) + marked(f)
}

// marked returns the mark of a field behind its value.
func marked(f plan.FieldChange) visible {
	if f.Unverifiable {
		return " " + unverifiableMark
	}
	return ""
}

// memberFacts returns how the list of members changes: in one piece if it is short, else a count and the complete lists.
func memberFacts(a *plan.Action) []fact {
	m := a.Members
	if m == nil || len(m.Add)+len(m.Remove) == 0 {
		return nil
	}
	if !isLong(m) {
		return []fact{{words: inlineWords(a)}}
	}
	facts := []fact{{words: prose(memberCounts(m, asWords(a))), below: true}}
	lines := showsLines(a)
	for _, list := range memberLists(m) {
		if !lines && len(list.members) > 0 {
			facts = append(facts, fact{words: memberWords(list.members, list.mark, list.style), below: true, list: true})
			continue
		}
		for _, who := range list.members {
			one := append(words{memberSpan(who, list.mark, list.style)}, inBrackets("", who.Source)...)
			facts = append(facts, fact{words: one, below: true, list: true})
		}
	}
	return facts
}

// memberList is the members who come or go.
type memberList struct {
	mark    visible
	style   style
	members []plan.Member
}

func memberLists(m *plan.MemberChange) [2]memberList {
	return [...]memberList{{markAdd, added, m.Add}, {markRemove, removed, m.Remove}}
}

// inlineWords returns all members of a short list.
func inlineWords(a *plan.Action) words {
	line := words{{text: "members:"}}
	lines := showsLines(a)
	for _, list := range memberLists(a.Members) {
		for _, who := range list.members {
			line = append(line, memberSpan(who, list.mark, list.style))
			if lines {
				line = append(line, inBrackets("", who.Source)...)
			}
			line = append(line, inBrackets("was ", who.Was)...)
		}
	}
	if as := asWords(a); as != "" {
		line = append(line, prose(as)...)
	}
	if keep := a.Members.Keep; keep > 0 {
		line = append(line, span{text: visible("(" + count(keep, "stays", "stay") + ")")})
	}
	return line
}

// memberCounts returns "members: 2 added as Developer (unverifiable), 40 removed, 12 stay". as is what those added are.
func memberCounts[T ~string](m *plan.MemberChange, as T) T {
	var parts []string
	if n := len(m.Add); n > 0 {
		parts = append(parts, strings.TrimSuffix(thousands(n)+" added "+string(as), " "))
	}
	if n := len(m.Remove); n > 0 {
		parts = append(parts, thousands(n)+" removed")
	}
	if n := m.Keep; n > 0 {
		parts = append(parts, count(n, "stays", "stay"))
	}
	return T("members: " + strings.Join(parts, ", "))
}

func memberWords(members []plan.Member, mark visible, as style) words {
	list := make(words, len(members))
	for i, m := range members {
		list[i] = memberSpan(m, mark, as)
	}
	return list
}

func memberSpan(m plan.Member, mark visible, as style) span {
	who := safe(string(m.User))
	if who == "" {
		who = visible("#" + strconv.FormatInt(int64(m.ID), 10)) // an account without a usable address
	}
	if m.Inactive {
		who += " (inactive)"
	}
	return span{text: mark + who, style: as}
}

// inBrackets returns a place behind what it is about, or nothing.
func inBrackets(before visible, p *directory.Pos) words {
	if p == nil {
		return nil
	}
	return styled("("+before+place(p)+")", faint)
}
