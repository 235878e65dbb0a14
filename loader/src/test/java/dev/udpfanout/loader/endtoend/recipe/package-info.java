/** The configurations of docs/recipes.md, each with datagrams of its protocol. */
package dev.udpfanout.loader.endtoend.recipe;
