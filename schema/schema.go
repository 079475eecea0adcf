// Package schema holds the published JSON Schemas of rollcall's files and outputs. It must not check anything itself.
package schema

import "embed"

//go:embed *.schema.json
var files embed.FS

// Users returns the schema of the root file of a roster, Team that of the files it includes. Team refers to Users by its
// file name, so that the two are kept in one folder.
func Users() []byte { return read("users") }

// Team returns the schema of an included file.
func Team() []byte { return read("team") }

// Plan returns the schema of a plan as JSON.
func Plan() []byte { return read("plan") }

// Report returns the schema of a report as JSON.
func Report() []byte { return read("report") }

// Notify returns the schema of a notification as JSON.
func Notify() []byte { return read("notify") }

// read returns a schema that is part of the program, or nil if there is none of that name.
func read(name string) []byte {
	content, err := files.ReadFile(name + ".schema.json")
	if err != nil {
		return nil
	}
	return content
}
