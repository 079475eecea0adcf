package render

import (
	"strings"

	"github.com/fatih/color"
)

// style is the meaning of a piece of text; the palette knows its colour.
type style uint8

const (
	plain   style = iota
	heading       // titles and what stands out
	added         // + and what went well
	removed       // −
	changed       // ~
	alarm         // refused, failed
	caution       // simulator, blocked
	faint         // places in files
	styleCount
)

// palette has for each style what switches it on and off. Its zero value leaves text as it is.
type palette [styleCount]struct{ on, off string }

func newPalette(on bool) palette {
	var p palette
	if !on {
		return p
	}
	for as, attributes := range [styleCount][]color.Attribute{
		heading: {color.Bold},
		added:   {color.FgGreen},
		removed: {color.FgRed},
		changed: {color.FgYellow},
		alarm:   {color.FgRed, color.Bold},
		caution: {color.FgYellow, color.Bold},
		faint:   {color.Faint},
	} {
		if len(attributes) == 0 {
			continue
		}
		c := color.New(attributes...)
		c.EnableColor() // else the library asks a global, the environment and its own idea of standard output
		// Painting once and keeping both ends is ten times cheaper than painting every word.
		p[as].on, p[as].off, _ = strings.Cut(c.Sprint("|"), "|")
	}
	return p
}
