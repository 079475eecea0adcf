// Package wire is what every simulator does between its state and a client, whatever the tool: write JSON, answer over
// a socket or in process, break a connection, keep the log of requests. It must not know a tool, a path or a field.
package wire
