package cli

import (
	"strconv"
	"strings"

	"rollcall/internal/directory"
)

// The rows of the lists, in the form of their JSON.
type (
	userRow struct {
		ID     directory.UserID `json:"id"`
		Email  directory.Email  `json:"email"`
		Name   string           `json:"name"`
		Role   directory.Name   `json:"role"`
		Active bool             `json:"active"`
		Admin  *bool            `json:"admin"` // null: the instance does not report it
		Groups []directory.Name `json:"groups"`
	}
	groupRow struct {
		ID       directory.GroupID `json:"id"`
		Name     directory.Name    `json:"name"`
		Members  int               `json:"members"`
		Inactive int               `json:"inactive_members"`
	}
	roleRow struct {
		ID      directory.RoleID `json:"id"`
		Name    directory.Name   `json:"name"`
		Default bool             `json:"default"`
		Users   int              `json:"users"`
	}
	projectRow struct {
		ID     directory.ProjectID `json:"id"`
		Name   directory.Name      `json:"name"`
		Groups []directory.Name    `json:"groups"`
	}
)

func (userRow) header() []string {
	return []string{"id", "email", "name", "role", "state", "admin", "groups"}
}

func (u userRow) cells() []string {
	return []string{id(u.ID), string(u.Email), u.Name, string(u.Role), state(u.Active), adminWord(u.Admin), joined(u.Groups)}
}

func (groupRow) header() []string { return []string{"id", "name", "members", "inactive"} }

func (g groupRow) cells() []string {
	return []string{id(g.ID), string(g.Name), strconv.Itoa(g.Members), strconv.Itoa(g.Inactive)}
}

func (roleRow) header() []string { return []string{"id", "name", "default", "users"} }

func (r roleRow) cells() []string {
	return []string{id(r.ID), string(r.Name), yesOrEmpty(r.Default), strconv.Itoa(r.Users)}
}

func (projectRow) header() []string { return []string{"id", "name", "groups"} }

func (p projectRow) cells() []string { return []string{id(p.ID), string(p.Name), joined(p.Groups)} }

func id[ID ~int64](n ID) string { return strconv.FormatInt(int64(n), 10) }

func state(active bool) string {
	if active {
		return "active"
	}
	return "inactive"
}

func adminWord(admin *bool) string {
	switch {
	case admin == nil:
		return "?"
	case *admin:
		return "admin"
	}
	return ""
}

func yesOrEmpty(b bool) string {
	if b {
		return "yes"
	}
	return ""
}

func joined(names []directory.Name) string {
	texts := make([]string, len(names))
	for i, n := range names {
		texts[i] = string(n)
	}
	return strings.Join(texts, ", ")
}
