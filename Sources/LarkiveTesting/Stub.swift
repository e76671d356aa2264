import LarkiveCore
package enum TestStub {}
