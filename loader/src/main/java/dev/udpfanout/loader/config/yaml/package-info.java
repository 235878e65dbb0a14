/**
 * A YAML document as sections of typed values. What is wrong with one is noted with its line and path, and reading goes
 * on, so that all problems are told at once. Nothing here knows what the keys are for.
 */
package dev.udpfanout.loader.config.yaml;
