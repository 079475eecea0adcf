package render

import (
	"rollcall/internal/plan"
)

// refusedMarkdown shows the guards that stop a plan, each with the entry that would allow it, to be copied. What does not
// fit into refusedShare is counted.
func refusedMarkdown(guards []*plan.GuardResult, keeps md) md {
	if len(guards) == 0 {
		return ""
	}
	text := md("\n### Refused, nothing is written (" + thousands(len(guards)) + ")\n")
	const most = len("\nand 1,000,000,000 more guards: \n") + shortest*2 // of the line that counts the others
	shown := 0
	for shown < len(guards) {
		first := shown
		last := first + 1
		for last < len(guards) && sharesEntry(guards[first], guards[last]) {
			last++
		}
		entry := entryMarkdown(guards[last-1])
		part := md("\n")
		for shown < last {
			line := "- " + guardMarkdown(guards[shown]) + "\n"
			if len(text)+len(part)+len(line)+len(entry)+most > refusedShare {
				break
			}
			part += line
			shown++
		}
		if shown > first {
			text += part + entry
		}
		if shown < last {
			break
		}
	}
	if left := len(guards) - shown; left > 0 {
		text += md("\nand "+count(left, "more guard", "more guards")+": ") + keeps + "\n"
	}
	return text
}

// entryMarkdown returns what to do about a guard that refused.
func entryMarkdown(g *plan.GuardResult) md {
	hint := hintOf(g)
	var text md
	if hint != "" {
		text += "\nHint: " + plainWords(safe(hint)) + "\n"
	}
	if g.Paste != "" {
		text += "\n" + fenced("yaml", g.Paste)
	}
	return text
}

// guardMarkdown returns what a guard found, with its place.
func guardMarkdown(g *plan.GuardResult) md {
	found := plainWords(safe(g.Text))
	if g.Subject != "" && !names(g.Text, g.Subject) {
		found = code(quoted(g.Subject)) + ": " + found
	}
	return code(safe(string(g.Guard))) + ": " + found + sourceMarkdown(place(g.Source))
}

func sourceMarkdown(at visible) md {
	if at == "" {
		return ""
	}
	return " (" + code(at) + ")"
}

// guardsMarkdown lists the guards that did not refuse and that a reader should know of, in half of remarksShare.
func guardsMarkdown(guards []*plan.GuardResult, keeps md) md {
	var items []md
	for _, g := range guards {
		if worthShowing(g) {
			items = append(items, "- "+guardMarkdown(g)+"\n")
		}
	}
	if len(items) == 0 {
		return ""
	}
	return "\n### Guards\n\n" + fitItems(items, remarksShare/2, keeps)
}

// notesMarkdown lists the first notes of each code, in half of remarksShare.
func notesMarkdown(folds []noteFold, keeps md) md {
	var items []md
	total := 0
	for _, f := range folds {
		total += len(f.notes)
		item := "- " + plainWords(kindWords(f.code))
		if n := len(f.notes); n > 1 {
			item += md(" (" + thousands(n) + ")")
		}
		item += "\n"
		shown := f.notes
		if len(shown) > foldedNotes+1 {
			shown = shown[:foldedNotes]
		}
		for _, n := range shown {
			text := plainWords(safe(n.Text))
			if n.Subject != "" && !names(n.Text, n.Subject) {
				text = code(quoted(n.Subject)) + ": " + text
			}
			var at visible
			if n.Source != nil {
				at = place(n.Source)
			}
			item += "  - " + text + sourceMarkdown(at) + "\n"
		}
		if rest := len(f.notes) - len(shown); rest > 0 {
			item += md("  - and "+thousands(rest)+" more: ") + keeps + "\n"
		}
		items = append(items, item)
	}
	if len(items) == 0 {
		return ""
	}
	return md("\n### Notes ("+thousands(total)+")\n\n") + fitItems(items, remarksShare/2, keeps)
}

// fitItems returns the items of a list that fit into n bytes, and counts the others.
func fitItems(items []md, n int, keeps md) md {
	const most = len("- and 1,000,000,000 more: \n") + shortest*2 // of the item that counts the others
	var text md
	left := 0
	for _, item := range items {
		if len(text)+len(item)+most <= n {
			text += item
		} else {
			left++
		}
	}
	if left > 0 {
		text += md("- and "+thousands(left)+" more: ") + keeps + "\n"
	}
	return text
}
