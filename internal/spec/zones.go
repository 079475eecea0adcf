package spec

import (
	_ "embed"
	"strings"

	"rollcall/internal/directory"
)

// zoneNames are the names of time zones to choose from, one a line: UTC, and the zones of the places in zone.tab of the
// IANA database, which is in the public domain. The database has more, older ones; whether a name is known is its to say.
//
//go:embed zones.txt
var zoneNames []byte

// nearZone returns the name of a zone that somebody meant who wrote word: a place mistyped, on the right continent or on
// another, or without one, such as "Berlin" or "new york". The continent makes any two names look alike.
func nearZone(word string) (string, bool) {
	area, place := splitZone(strings.ReplaceAll(word, " ", "_"))
	var near, far []string // places
	named := make(map[string]string)
	for _, name := range strings.Fields(string(zoneNames)) {
		a, p := splitZone(name)
		switch {
		case strings.EqualFold(p, place):
			return name, true
		case strings.EqualFold(a, area):
			near = append(near, p)
			named[p] = name
		default:
			far = append(far, p)
			if named[p] == "" {
				named[p] = name
			}
		}
	}
	for _, places := range [][]string{near, far} {
		if p, ok := directory.Suggest(place, places); ok {
			return named[p], true
		}
	}
	return "", false
}

func splitZone(name string) (area, place string) {
	cut := strings.LastIndexByte(name, '/') + 1
	return name[:cut], name[cut:]
}
