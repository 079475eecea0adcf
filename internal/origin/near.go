package origin

import (
	"cmp"
	"slices"
	"strings"

	"rollcall/internal/directory"
)

// nearSubject returns whom somebody meant who wrote who: an address or a group that is nearly spelled like that, or the only
// person with that in his name or in his address before the "@".
func nearSubject(want *directory.Desired, who string) string {
	who, isUser := strings.CutPrefix(who, "user:")
	who, isGroup := strings.CutPrefix(who, "group:")
	if !isGroup {
		var present, former []directory.Email
		for i := range want.Users {
			present = append(present, want.Users[i].Email)
			for _, was := range want.Users[i].Was {
				former = append(former, was.Value)
			}
		}
		for _, emails := range [][]directory.Email{present, former} {
			if near, ok := directory.SuggestEmail(directory.Email(who), emails); ok {
				return string(near)
			}
		}
		if email, ok := onlyBearer(want, who); ok {
			return string(email)
		}
	}
	if !isUser {
		names := make([]string, len(want.Groups))
		for i := range want.Groups {
			names[i] = string(want.Groups[i].Name)
		}
		if near, ok := directory.Suggest(who, names); ok {
			return near
		}
	}
	return ""
}

// onlyBearer returns the person whom a word alone names: by his whole name, or by one part of it.
func onlyBearer(want *directory.Desired, word string) (directory.Email, bool) {
	word = strings.ToLower(word)
	var found []directory.Email
	for i := range want.Users {
		u := &want.Users[i]
		local, _, _ := strings.Cut(string(u.Email.Key()), "@")
		name := strings.ToLower(cmp.Or(u.Name.Value, directory.FullName(u.GivenName.Value, u.FamilyName.Value)))
		if word == local || word == name || slices.Contains(parts(local), word) || slices.Contains(parts(name), word) {
			found = append(found, u.Email)
		}
	}
	if len(found) != 1 {
		return "", false
	}
	return found[0], true
}

func parts(name string) []string {
	return strings.FieldsFunc(name, func(r rune) bool { return strings.ContainsRune(".-_+ ", r) })
}
