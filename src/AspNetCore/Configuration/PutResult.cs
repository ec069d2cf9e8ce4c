namespace ActorSockets.AspNetCore.Configuration;

/// <summary>What became of a change of settings.</summary>
/// <param name="Faults">Empty: in force. Otherwise nothing was changed.</param>
/// <param name="Changed">Keys below <c>ActorSockets</c> whose value is different now; never values.</param>
/// <param name="StoreFault">Why it will not survive a restart (it is in force all the same), or null.</param>
internal sealed record PutResult(IReadOnlyList<ConfigurationFault> Faults, IReadOnlyList<string> Changed, string? StoreFault);
