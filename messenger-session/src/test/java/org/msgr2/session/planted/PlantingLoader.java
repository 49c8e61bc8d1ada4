package org.msgr2.session.planted;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.MethodNode;

/**
 * Loads {@code org.msgr2} once more, with a bug in it; everything else comes from the parent, and so do resources. What it
 * loads is of the same names as the parent's classes but of other types, and has to be called by reflection. Thread-safe.
 */
final class PlantingLoader extends ClassLoader {
    private static final String OURS = "org.msgr2.";
    private static final Map<String, byte[]> BYTES = new ConcurrentHashMap<>();

    static {
        registerAsParallelCapable();
    }

    private final ClassLoader origin;
    private final @Nullable PlantedBug bug;

    /** @param bug null for none: the code as it is */
    PlantingLoader(ClassLoader parent, @Nullable PlantedBug bug) {
        super(parent);
        this.origin = parent;
        this.bug = bug;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.startsWith(OURS)) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            return loaded != null ? loaded : define(name);
        }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
        byte[] bytes = BYTES.get(name);
        if (bytes == null) {
            bytes = read(name);
            BYTES.put(name, bytes);
        }
        if (bug != null && name.equals(bug.binaryName())) {
            bytes = plant(bytes, bug);
        }
        return defineClass(name, bytes, 0, bytes.length);
    }

    private byte[] read(String name) throws ClassNotFoundException {
        try (InputStream in = origin.getResourceAsStream(name.replace('.', '/') + ".class")) {
            if (in == null) {
                throw new ClassNotFoundException(name);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] plant(byte[] bytes, PlantedBug bug) {
        ClassNode node = new ClassNode();
        new ClassReader(bytes).accept(node, 0);
        List<MethodNode> methods = node.methods.stream()
                .filter(method -> method.name.equals(bug.method()))
                .toList();
        if (methods.size() != 1) {
            throw new IllegalStateException(bug.where() + ": there are " + methods.size());
        }
        bug.rewriting().apply(methods.get(0));
        ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_MAXS);
        node.accept(writer);
        return writer.toByteArray();
    }
}
