package dev.udpfanout.loader.cli;

import java.lang.reflect.Proxy;

/**
 * Handlers for signals beside those that end a process, which the Java API has none for. {@code sun.misc.Signal} is in
 * the module jdk.unsupported of each JDK; the compiler warns of it, so it is reached by name.
 */
final class ProcessSignal {
    private ProcessSignal() {}

    /**
     * Has a signal call an action, on a thread of its own, in place of what it does by default.
     *
     * @param name without SIG, for example {@code "HUP"}
     * @return false if this JVM has no such thing: the signal does what it did
     */
    static boolean handle(String name, Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object proxy =
                    Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[] {handler}, (self, method, args) -> {
                        if (method.getName().equals("handle")) {
                            action.run();
                            return null;
                        }
                        return switch (method.getName()) {
                            case "equals" -> self == args[0];
                            case "hashCode" -> System.identityHashCode(self);
                            default -> "handler of SIG" + name;
                        };
                    });
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
            return true;
        } catch (ReflectiveOperationException e) {
            return false;
        }
    }
}
