/**
 * What the lab's commands have in common: exit codes, what they need, and an end by Ctrl-C that breaks nothing aloud.
 */
package dev.udpfanout.lab.command;
