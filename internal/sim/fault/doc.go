// Package fault is the bad weather that every simulator can make, whatever the tool: the kinds of faults, the rules
// that say which requests they meet, late writes, spoilt pages and limits on requests. It must not know a tool, its texts
// or its state: a simulator words the answers.
package fault
