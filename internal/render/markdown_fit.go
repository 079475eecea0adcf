package render

import (
	"cmp"
	"slices"
	"strings"

	"rollcall/internal/plan"
)

// markdownLimit is how long a comment is at most, in bytes. GitHub takes 65,536 characters ("body is too long (maximum is
// 65536 characters)"), and a text has never more characters than bytes; the rest is for what a job puts around it.
//
//	head                        what it is, in numbers
//	refused guards              up to refusedShare
//	warnings                    up to warnedShare
//	tables, class by class      what the others leave: complete, or up to a row; what ranks behind it is only counted
//	guards, notes               up to remarksShare, the first notes of each code
//	manual steps                what the tables leave
//	foot                        cost, the next command
const (
	markdownLimit = 60_000
	refusedShare  = 16_000
	warnedShare   = 8_000
	remarksShare  = 6_000
)

// comment is what a comment is made of, in the order of its text.
type comment struct {
	head    md
	refused []*plan.GuardResult
	warned  []*plan.GuardResult
	tables  []table
	guards  []*plan.GuardResult
	notes   []noteFold
	manual  table
	foot    md
	whole   string // the file that holds everything, as a shell takes it; "": none
}

// text returns the comment, within markdownLimit.
func (c *comment) text() string {
	keeps := c.keeps()
	findings := adviceMarkdown("Refused, nothing is written", c.refused, refusedShare, keeps) + adviceMarkdown("Warnings", c.warned, warnedShare, keeps)
	remarks := guardsMarkdown(c.guards, keeps) + notesMarkdown(c.notes, keeps)
	cutNotice := "\n**Shortened to fit a comment**: " + keeps + ".\n"
	left := markdownLimit - len(c.head) - len(cutNotice) - len(findings) - len(remarks) - len("\n"+c.foot)
	tables, cut := fitTables(c.tables, left-len(c.manual.closed(keeps)), keeps)
	manual, cutManual := fitTables([]table{c.manual}, left-len(tables), keeps)
	if !cut && !cutManual {
		cutNotice = ""
	}
	return string(c.head + cutNotice + findings + tables + remarks + manual + "\n" + c.foot)
}

// keeps says where the whole is.
func (c *comment) keeps() md {
	if c.whole == "" || len(c.whole) > shortest {
		return "`--report FILE.json` keeps all of it"
	}
	return "all of it is in " + code(safe(c.whole))
}

// table is actions under a heading.
type table struct {
	title visible
	rest  visible // what its actions are called: "and 4,210 more changes of people"
	intro md
	rank  class // which table keeps its rows where not all have room: the lower one, of two the first
	folds bool  // a reader has to open it
	units []unit
}

// unit is an action: a row, and a row for each so many members where the list is long.
type unit struct {
	kind    plan.Kind
	rows    []md
	members []int // how many members each row names that is theirs alone
}

// membersInRow is how many members stand in a row of theirs.
const membersInRow = 10

// add adds an action. first are facts that stand before its own.
func (t *table) add(a *plan.Action, first []md) {
	mark, _ := markOf(a.Kind)
	subject := code(quoted(a.Subject))
	if a.Cause != "" && a.Cause != plan.CauseDeclared {
		subject += " (" + plainWords(safe(string(a.Cause))) + ")"
	}
	facts := append(first, fieldMarkdown(a)...)
	u := unit{kind: a.Kind, members: []int{0}}
	var lists [][]md
	if m := a.Members; m != nil && len(m.Add)+len(m.Remove) > 0 {
		add, remove := membersMarkdown(a, m.Add, markAdd), membersMarkdown(a, m.Remove, markRemove)
		if !isLong(m) {
			for i := range remove {
				if was := place(m.Remove[i].Was); was != "" {
					remove[i] += " (was " + code(was) + ")"
				}
			}
			fact := "members: " + joined(append(add, remove...), " ")
			if as := asMarkdown(a); as != "" {
				fact += " " + as
			}
			if m.Keep > 0 {
				fact += md(" (" + count(m.Keep, "stays", "stay") + ")")
			}
			facts = append(facts, fact)
		} else {
			facts = append(facts, memberCounts(m, asMarkdown(a)))
			for _, list := range [][]md{add, remove} {
				for len(list) > 0 {
					n := min(membersInRow, len(list))
					lists, list = append(lists, list[:n]), list[n:]
				}
			}
		}
	}
	if a.Detail != "" {
		facts = append(facts, plainWords(safe(a.Detail)))
	}
	u.rows = append(u.rows, tableRow(ownText(mark)+" "+plainWords(kindWords(a.Kind)), subject, joined(facts, " · "), placeMarkdown(a)))
	for _, list := range lists {
		u.rows = append(u.rows, tableRow("", "", joined(list, " "), ""))
		u.members = append(u.members, len(list))
	}
	t.units = append(t.units, u)
}

func tableRow(cells ...md) md { return "| " + joined(cells, " | ") + " |\n" }

// head returns what stands above the rows.
func (t *table) head() md {
	text := t.heading()
	if t.folds {
		text += md("<details><summary>show all "+thousands(len(t.units))+": "+strings.Join(countKinds(t.units, unitKind), ", ")+"</summary>") + "\n\n"
	}
	return text + tableRow("change", "who or what", "details", "file") + "|---|---|---|---|\n"
}

// end returns what stands below the rows.
func (t *table) end() md {
	if t.folds {
		return "\n</details>\n"
	}
	return ""
}

func (t *table) heading() md {
	text := md("\n### " + string(t.title) + " (" + thousands(len(t.units)) + ")\n\n")
	if t.intro != "" {
		text += t.intro + "\n\n"
	}
	return text
}

// closed returns the table without a row.
func (t *table) closed(keeps md) md {
	if len(t.units) == 0 {
		return ""
	}
	return t.heading() + t.cutLine(t.units, 0, keeps)
}

// cutLine counts the actions that are not shown, and the members of the last one that is.
func (t *table) cutLine(left []unit, members int, keeps md) md {
	var parts []string
	if members > 0 {
		parts = append(parts, count(members, "more member", "more members")+" of the last one")
	}
	if len(left) > 0 {
		parts = append(parts, thousands(len(left))+" more "+string(t.rest)+" ("+strings.Join(countKinds(left, unitKind), ", ")+")")
	}
	return md("and "+strings.Join(parts, ", and ")) + ": " + keeps + "\n"
}

func unitKind(u unit) plan.Kind { return u.kind }

// fitTables returns the tables in at most n bytes, and whether something is left out. In the order of their ranks they are
// complete up to a row of a table; of that table and of those behind it the rest is counted.
func fitTables(tables []table, n int, keeps md) (text md, cut bool) {
	ranked := make([]int, len(tables))
	reserved := 0 // for the counts of the tables to come
	for i := range tables {
		ranked[i] = i
		reserved += len(tables[i].closed(keeps))
	}
	slices.SortStableFunc(ranked, func(a, b int) int { return cmp.Compare(tables[a].rank, tables[b].rank) })
	fitted := make([]md, len(tables))
	for _, i := range ranked {
		t := &tables[i]
		short := t.closed(keeps)
		reserved -= len(short)
		if cut {
			fitted[i] = short
		} else {
			fitted[i], cut = t.fit(n-reserved, keeps)
		}
		n -= len(fitted[i])
	}
	return joined(fitted, ""), cut
}

// fit returns as many rows of the table as there is room for, in n bytes.
func (t *table) fit(n int, keeps md) (text md, cut bool) {
	if len(t.units) == 0 {
		return "", false
	}
	var b strings.Builder
	b.WriteString(string(t.head()))
	end := t.end()
	n -= len(end)
	total := b.Len()
	members := 0
	for _, u := range t.units {
		for i, row := range u.rows {
			total += len(row)
			members += u.members[i]
		}
	}
	reserve := 0
	if total > n {
		reserve = len("\n") + len(t.cutLine(t.units, members, keeps)) // the longest there is
	}
	shown := 0
	for i, u := range t.units {
		for j, row := range u.rows {
			if b.Len()+len(row)+reserve <= n {
				b.WriteString(string(row))
				shown++
				continue
			}
			if shown == 0 {
				return t.closed(keeps), true
			}
			left, rest := t.units[i:], 0
			if j > 0 {
				left = t.units[i+1:]
				for _, m := range u.members[j:] {
					rest += m
				}
			}
			return md(b.String()) + "\n" + t.cutLine(left, rest, keeps) + end, true
		}
	}
	return md(b.String()) + end, false
}
