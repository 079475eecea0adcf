package people

import "fmt"

// The site's own groups come first in GroupNames; these have a meaning for whoever fills them.
const (
	Contractors = iota
	ServiceAccounts
	ReleaseManagers
	Offboarding
	SiteGroups // how many they are
)

// GroupNames returns distinct names: the site's own, then teams whose names look nested ("Payments / Mobile / QA").
func (s *Source) GroupNames(total int) []string {
	names := siteGroups()
	if most := max(SiteGroups, total/6); len(names) > most {
		names = names[:most]
	}
	if len(names) >= total {
		return names[:total]
	}
	areas := Areas()
	s.rng.Shuffle(len(areas), func(i, j int) { areas[i], areas[j] = areas[j], areas[i] })
	areas = areas[:min(len(areas), 1+total/8)]
	teams := make([][]string, len(areas))
	for i, area := range areas {
		teams[i] = s.teamNames(area)
	}
	// Round by round over the areas, so that all have parents before any has many teams.
	for round := 0; len(names) < total; round++ {
		for _, t := range teams {
			if len(names) == total {
				break
			}
			name := t[round%len(t)]
			if again := round / len(t); again > 0 {
				name = fmt.Sprintf("%s (%d)", name, again+1)
			}
			names = append(names, name)
		}
	}
	return names
}

// teamNames returns an area, its platforms and their disciplines, in the order in which they are founded.
func (s *Source) teamNames(area string) []string {
	out := []string{area}
	byPlatform, byDiscipline := platforms(), disciplines()
	s.rng.Shuffle(len(byPlatform), func(i, j int) { byPlatform[i], byPlatform[j] = byPlatform[j], byPlatform[i] })
	s.rng.Shuffle(len(byDiscipline), func(i, j int) { byDiscipline[i], byDiscipline[j] = byDiscipline[j], byDiscipline[i] })
	for _, p := range byPlatform {
		out = append(out, area+" / "+p)
		for _, d := range byDiscipline {
			out = append(out, area+" / "+p+" / "+d)
		}
	}
	return out
}
