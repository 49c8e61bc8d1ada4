package org.msgr2.session.planted;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.FieldInsnNode;
import org.objectweb.asm.tree.InsnList;
import org.objectweb.asm.tree.InsnNode;
import org.objectweb.asm.tree.JumpInsnNode;
import org.objectweb.asm.tree.LdcInsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;

/**
 * A change to the bytecode of one method: the vocabulary in which bugs are planted. Each word says how often the method has what
 * it looks for, and fails when that is not so: a refactoring may end a bug, but not turn it into one that does nothing.
 *
 * <p>Calls and fields are named {@code Owner.name}, the owner without its package or the class around it. None of the words changes
 * what is on the stack at a branch target, so that the stack maps of the compiler stay true.
 */
@FunctionalInterface
interface Rewriting {
    /** Stands for a number of an occurrence: every one of them. */
    int EACH = 0;

    /**
     * Makes the method wrong.
     *
     * @throws IllegalStateException if the method is not what the rewriting was made for
     */
    void apply(MethodNode method);

    /** A constant of a class, as a value. */
    record Constant(String owner, String name, String descriptor) {
        /** One of an enum. */
        static Constant of(String owner, String name) {
            return new Constant("org/msgr2/" + owner, name, "Lorg/msgr2/" + owner + ";");
        }
    }

    // --- The method as a whole

    /** It does nothing, and returns that. */
    static Rewriting returns(@Nullable Object value) {
        return method -> {
            InsnList body = new InsnList();
            Type type = Type.getReturnType(method.desc);
            push(body, type, value);
            body.add(new InsnNode(type.getOpcode(Opcodes.IRETURN)));
            method.tryCatchBlocks.clear();
            if (method.localVariables != null) {
                method.localVariables.clear();
            }
            method.instructions = body;
        };
    }

    /** It does nothing. */
    static Rewriting doesNothing() {
        return returns(null);
    }

    // --- Calls

    /** The only call of that is left out; where it has a result, that is 0, false or null. */
    static Rewriting dropCall(String call) {
        return dropCall(call, 1, 1);
    }

    /** The n-th call of so many is left out. */
    static Rewriting dropCall(String call, int n, int of) {
        return callReturns(call, null, n, of);
    }

    /** Instead of the only call of that its result is this. */
    static Rewriting callReturns(String call, @Nullable Object value) {
        return callReturns(call, value, 1, 1);
    }

    /** Instead of the n-th call of so many its result is this. */
    static Rewriting callReturns(String call, @Nullable Object value, int n, int of) {
        return method -> {
            for (AbstractInsnNode insn : calls(method, call, n, of)) {
                MethodInsnNode invoke = (MethodInsnNode) insn;
                InsnList instead = new InsnList();
                Type[] arguments = Type.getArgumentTypes(invoke.desc);
                for (int i = arguments.length - 1; i >= 0; i--) {
                    pop(instead, arguments[i]);
                }
                if (invoke.getOpcode() != Opcodes.INVOKESTATIC) {
                    instead.add(new InsnNode(Opcodes.POP));
                }
                push(instead, Type.getReturnType(invoke.desc), value);
                replace(method, invoke, instead);
            }
        };
    }

    /** Another method of the same shape is called, of the same owner. */
    static Rewriting callsOther(String call, String other) {
        return method -> {
            for (AbstractInsnNode insn : calls(method, call, 1, 1)) {
                ((MethodInsnNode) insn).name = other;
            }
        };
    }

    /** The only call of that happens twice; it has a receiver, one argument on one slot, and no result. */
    static Rewriting callTwice(String call) {
        return method -> {
            for (AbstractInsnNode insn : calls(method, call, 1, 1)) {
                MethodInsnNode invoke = (MethodInsnNode) insn;
                Type[] arguments = Type.getArgumentTypes(invoke.desc);
                if (arguments.length != 1
                        || arguments[0].getSize() != 1
                        || !Type.getReturnType(invoke.desc).equals(Type.VOID_TYPE)) {
                    throw new IllegalStateException(call + " has another shape: " + invoke.desc);
                }
                InsnList first = new InsnList();
                first.add(new InsnNode(Opcodes.DUP2));
                first.add(new MethodInsnNode(invoke.getOpcode(), invoke.owner, invoke.name, invoke.desc, invoke.itf));
                method.instructions.insertBefore(invoke, first);
            }
        };
    }

    /** The last argument of the n-th call is this. */
    static Rewriting passes(String call, @Nullable Object value, int n, int of) {
        return method -> {
            for (AbstractInsnNode insn : calls(method, call, n, of)) {
                Type last = last(((MethodInsnNode) insn).desc);
                InsnList before = new InsnList();
                pop(before, last);
                push(before, last, value);
                method.instructions.insertBefore(insn, before);
            }
        };
    }

    /** The last argument of the only call, a long, is that much more. */
    static Rewriting passesMore(String call, long more) {
        return method -> {
            for (AbstractInsnNode insn : calls(method, call, 1, 1)) {
                requireLong(call, last(((MethodInsnNode) insn).desc));
                method.instructions.insertBefore(insn, plus(more));
            }
        };
    }

    /** The result of the n-th call, a long, is that much more. */
    static Rewriting callReturnsMore(String call, long more, int n, int of) {
        return method -> {
            for (AbstractInsnNode insn : calls(method, call, n, of)) {
                requireLong(call, Type.getReturnType(((MethodInsnNode) insn).desc));
                method.instructions.insert(insn, plus(more));
            }
        };
    }

    /** The last two arguments of the n-th call, both long, change places. */
    static Rewriting swapsArguments(String call, int n, int of) {
        return method -> {
            for (AbstractInsnNode insn : calls(method, call, n, of)) {
                Type[] arguments = Type.getArgumentTypes(((MethodInsnNode) insn).desc);
                requireLong(call, arguments[arguments.length - 1]);
                requireLong(call, arguments[arguments.length - 2]);
                InsnList before = new InsnList();
                before.add(new InsnNode(Opcodes.DUP2_X2));
                before.add(new InsnNode(Opcodes.POP2));
                method.instructions.insertBefore(insn, before);
            }
        };
    }

    // --- Fields and constants

    /** The only assignment to that field is left out. */
    static Rewriting dropStore(String field) {
        return dropStore(field, 1, 1);
    }

    /** The n-th assignment to that field is left out. */
    static Rewriting dropStore(String field, int n, int of) {
        return method -> {
            for (AbstractInsnNode insn : pick(method, field, isField(Opcodes.PUTFIELD, field), n, of)) {
                InsnList instead = new InsnList();
                pop(instead, Type.getType(((FieldInsnNode) insn).desc));
                instead.add(new InsnNode(Opcodes.POP));
                replace(method, insn, instead);
            }
        };
    }

    /** The only assignment to that field assigns this. */
    static Rewriting stores(String field, Object value) {
        return method -> {
            for (AbstractInsnNode insn : pick(method, field, isField(Opcodes.PUTFIELD, field), 1, 1)) {
                Type type = Type.getType(((FieldInsnNode) insn).desc);
                InsnList before = new InsnList();
                pop(before, type);
                push(before, type, value);
                method.instructions.insertBefore(insn, before);
            }
        };
    }

    /** Another constant of the same class is used in the only place of that one. */
    static Rewriting usesOther(String constant, String other) {
        return method -> {
            for (AbstractInsnNode insn : pick(method, constant, isField(Opcodes.GETSTATIC, constant), 1, 1)) {
                ((FieldInsnNode) insn).name = other;
            }
        };
    }

    /** A number is another one, in the only place that has it. */
    static Rewriting number(long from, long to) {
        return method -> {
            Predicate<AbstractInsnNode> loads =
                    insn -> (insn instanceof LdcInsnNode ldc && ldc.cst.equals(from)) || isShort(insn, from);
            for (AbstractInsnNode insn : pick(method, from + "L", loads, 1, 1)) {
                method.instructions.set(insn, new LdcInsnNode(to));
            }
        };
    }

    private static boolean isShort(AbstractInsnNode insn, long value) {
        return (insn.getOpcode() == Opcodes.LCONST_0 && value == 0)
                || (insn.getOpcode() == Opcodes.LCONST_1 && value == 1);
    }

    // --- Branches

    /** The n-th condition of so many is the wrong way round. */
    static Rewriting invert(int n, int of) {
        return method -> {
            Predicate<AbstractInsnNode> conditional =
                    insn -> insn instanceof JumpInsnNode jump && jump.getOpcode() != Opcodes.GOTO;
            for (AbstractInsnNode insn : pick(method, "condition", conditional, n, of)) {
                JumpInsnNode jump = (JumpInsnNode) insn;
                jump.setOpcode(opposite(jump.getOpcode()));
            }
        };
    }

    /** The only loop runs once at most. */
    static Rewriting loopsOnce() {
        return method -> {
            Predicate<AbstractInsnNode> back = insn -> insn instanceof JumpInsnNode jump
                    && jump.getOpcode() == Opcodes.GOTO
                    && method.instructions.indexOf(jump.label) < method.instructions.indexOf(jump);
            for (AbstractInsnNode insn : pick(method, "loop", back, 1, 1)) {
                method.instructions.remove(insn);
            }
        };
    }

    private static int opposite(int opcode) {
        // Conditions come in pairs, IFEQ and IFNE first; IFNULL and IFNONNULL are such a pair elsewhere.
        if (opcode == Opcodes.IFNULL || opcode == Opcodes.IFNONNULL) {
            return opcode == Opcodes.IFNULL ? Opcodes.IFNONNULL : Opcodes.IFNULL;
        }
        return ((opcode - Opcodes.IFEQ) ^ 1) + Opcodes.IFEQ;
    }

    // --- Finding and replacing

    private static List<AbstractInsnNode> calls(MethodNode method, String call, int n, int of) {
        Predicate<AbstractInsnNode> isCall =
                insn -> insn instanceof MethodInsnNode invoke && isNamed(invoke.owner, invoke.name, call);
        return pick(method, call, isCall, n, of);
    }

    private static Predicate<AbstractInsnNode> isField(int opcode, String name) {
        return insn -> insn instanceof FieldInsnNode field
                && field.getOpcode() == opcode
                && isNamed(field.owner, field.name, name);
    }

    private static boolean isNamed(String owner, String name, String wanted) {
        String simple = owner.substring(Math.max(owner.lastIndexOf('/'), owner.lastIndexOf('$')) + 1);
        return wanted.equals(simple + "." + name);
    }

    private static List<AbstractInsnNode> pick(
            MethodNode method, String what, Predicate<AbstractInsnNode> which, int n, int of) {
        List<AbstractInsnNode> all = new ArrayList<>();
        for (AbstractInsnNode insn : method.instructions) {
            if (which.test(insn)) {
                all.add(insn);
            }
        }
        if (all.size() != of) {
            throw new IllegalStateException(
                    method.name + " has " + all.size() + " times " + what + ", the bug was made for " + of);
        }
        return n == EACH ? List.copyOf(all) : List.of(all.get(n - 1));
    }

    private static void replace(MethodNode method, AbstractInsnNode insn, InsnList instead) {
        method.instructions.insert(insn, instead);
        method.instructions.remove(insn);
    }

    private static Type last(String descriptor) {
        Type[] arguments = Type.getArgumentTypes(descriptor);
        return arguments[arguments.length - 1];
    }

    private static void requireLong(String what, Type type) {
        if (!type.equals(Type.LONG_TYPE)) {
            throw new IllegalStateException(what + " has " + type + " where a long should be");
        }
    }

    private static InsnList plus(long more) {
        InsnList sum = new InsnList();
        sum.add(new LdcInsnNode(more));
        sum.add(new InsnNode(Opcodes.LADD));
        return sum;
    }

    private static void pop(InsnList code, Type type) {
        code.add(new InsnNode(type.getSize() == 2 ? Opcodes.POP2 : Opcodes.POP));
    }

    /** @param value null for the default of its type */
    private static void push(InsnList code, Type type, @Nullable Object value) {
        switch (type.getSort()) {
            case Type.VOID -> {}
            case Type.LONG -> code.add(new LdcInsnNode(value == null ? (Object) 0L : value));
            case Type.BOOLEAN ->
                code.add(new InsnNode(Boolean.TRUE.equals(value) ? Opcodes.ICONST_1 : Opcodes.ICONST_0));
            case Type.INT -> code.add(new LdcInsnNode(value == null ? (Object) 0 : value));
            case Type.OBJECT -> {
                if (value instanceof Constant constant) {
                    code.add(new FieldInsnNode(
                            Opcodes.GETSTATIC, constant.owner(), constant.name(), constant.descriptor()));
                } else {
                    code.add(new InsnNode(Opcodes.ACONST_NULL));
                }
            }
            default -> throw new IllegalStateException("no value of type " + type);
        }
    }
}
