@org.jspecify.annotations.NullMarked
package dev.watchhub.controlplane.typed;
