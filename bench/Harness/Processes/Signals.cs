using System.Runtime.InteropServices;

namespace ActorSockets.Bench.Harness.Processes;

/// <summary>Signals to processes that the harness started; .NET itself sends none but SIGKILL.</summary>
internal static partial class Signals
{
    private const int Term = 15;

    public static void Terminate(int processId) => _ = Kill(processId, Term);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int processId, int signal);
}
