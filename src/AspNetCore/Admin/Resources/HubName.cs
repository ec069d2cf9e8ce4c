namespace ActorSockets.AspNetCore.Admin.Resources;

/// <summary>Hub names are not case-sensitive; inside they are lower-case.</summary>
internal static class HubName
{
#pragma warning disable CA1308 // Lower case is the documented form, not a means of comparing.
    internal static string? Of(string? text) => text?.ToLowerInvariant();
#pragma warning restore CA1308
}
