"""The one door to models: prompts in, validated answers and their cost out.

prompt.py     prompt files: loading, filling, fencing of untrusted text, versions
gateway.py    LiteLLM and instructor behind one call, `Gateway.ask`
offline/      the stand-in: an OpenAI-compatible server on loopback
"""
