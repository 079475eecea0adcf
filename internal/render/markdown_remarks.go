package render

import (
	"rollcall/internal/plan"
)

// adviceMarkdown shows guards with what to do about them, the entry that would allow them to be copied. What does not fit
// into share bytes is counted.
func adviceMarkdown(title visible, guards []*plan.GuardResult, share int, keeps md) md {
	if len(guards) == 0 {
		return ""
	}
	text := md("\n### " + string(title) + " (" + thousands(len(guards)) + ")\n")
	const most = len("\nand 1,000,000,000 more guards: \n") + shortest*2 // of the line that counts the others
	left := len(guards)
	for _, what := range adviceOn(guards) {
		end := whatToDo(&what)
		part := md("\n")
		shown := 0
		for _, g := range what.guards {
			line := "- " + guardMarkdown(g) + "\n"
			if len(text)+len(part)+len(line)+len(end)+most > share {
				break
			}
			part += line
			shown++
		}
		if shown > 0 {
			text += part + end
			left -= shown
		}
		if shown < len(what.guards) {
			break
		}
	}
	if left > 0 {
		text += md("\nand "+count(left, "more guard", "more guards")+": ") + keeps + "\n"
	}
	return text
}

// whatToDo returns what to do about guards: words, and lines to copy.
func whatToDo(what *advice) md {
	var text md
	if what.hint != "" {
		text += "\nHint: " + ownSentence(safe(what.hint)) + "\n"
	}
	if what.paste != "" {
		text += "\n" + fenced("yaml", what.paste)
	}
	return text
}

// guardMarkdown returns what a guard found, with its place.
func guardMarkdown(g *plan.GuardResult) md {
	return code(safe(string(g.Guard))) + ": " + aboutMarkdown(g.Subject, g.Text) + sourceMarkdown(place(g.Source))
}

// aboutMarkdown returns a sentence of ours with its subject.
func aboutMarkdown(subject, text string) md {
	if who := before(subject, text); who != "" {
		return code(who) + ": " + ownSentence(safe(text))
	}
	return ownSentence(safe(text))
}

func sourceMarkdown(at visible) md {
	if at == "" {
		return ""
	}
	return " (" + code(at) + ")"
}

// guardsMarkdown lists the guards that neither refused nor warned and that a reader should know of, in half of remarksShare.
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
			item += "  - " + aboutMarkdown(n.Subject, n.Text) + sourceMarkdown(place(n.Source)) + "\n"
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
